package io.penstock.job;

/**
 * A payload that is JSON and stays it: written as it is, and read as it is stored, past the serialiser. For handlers that pass it
 * on, and for payloads that come from a file.
 *
 * @param text one JSON value
 */
public record JsonText(String text) {}
