package io.penstock.process;

import io.penstock.configure.Section;

/** Where health and metrics are served, if they are. */
public record AdminSettings(boolean enabled, String host, int port) {

    private static final int DEFAULT_PORT = 8321;
    private static final int HIGHEST_PORT = 65_535;

    static AdminSettings read(Section section) {
        return new AdminSettings(
                section.flag("enabled", true),
                section.text("host", "127.0.0.1"),
                section.number("port", DEFAULT_PORT, 0, HIGHEST_PORT));
    }
}
