package io.penstock.configure;

/**
 * A value in effect.
 *
 * @param path such as {@code queues.email.limit}
 * @param shown the value, or a mask in its place
 * @param origin where it came from: a line of the file, a variable of the environment, or the default
 */
public record Setting(String path, String shown, String origin) {

    static final String MASK = "********";
    static final String DEFAULT = "default";
}
