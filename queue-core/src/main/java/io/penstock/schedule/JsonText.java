package io.penstock.schedule;

/**
 * A payload that is JSON already, such as one read from a file. {@link Schedules#declare} takes the text as it is.
 *
 * @param text one JSON value
 */
public record JsonText(String text) {}
