package io.penstock.exec;

import io.penstock.handler.HandlerOptions;
import io.penstock.handler.PluginSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The {@code exec} section of the worker's file.
 *
 * @param commands by name, each a program and its arguments
 * @param environment names of the worker's own variables that commands are given
 * @param outputBytes how much of the end of a command's output is kept
 * @param retry for commands that fail in any other way
 * @param directory in which commands run
 * @param retryAfter when a command is tried again that says that it is only temporarily unable
 */
record ExecSettings(
        Map<String, List<String>> commands,
        List<String> environment,
        Duration timeout,
        Duration retryAfter,
        HandlerOptions retry,
        int outputBytes,
        Path directory) {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(1);
    private static final Duration DEFAULT_RETRY_AFTER = Duration.ofMinutes(1);
    private static final int DEFAULT_OUTPUT_BYTES = 16 << 10;
    private static final int MOST_OUTPUT_BYTES = 1 << 20;
    private static final String NAME_PATTERN = "[a-z][a-z0-9_.-]{0,62}";

    static ExecSettings read(PluginSettings section) {
        PluginSettings named = section.section("commands");
        Map<String, List<String>> commands = new LinkedHashMap<>();
        for (String name : named.names()) {
            List<String> command = named.texts(name);
            if (!name.matches(NAME_PATTERN)) {
                throw named.refused(
                        name, "a lower-case letter followed by at most 62 lower-case letters, digits or _ . -", name);
            }
            if (command.isEmpty() || !command.get(0).startsWith("/")) {
                throw named.refused(
                        name,
                        "a list of a program's absolute path and its arguments",
                        command.isEmpty() ? "nothing" : command.get(0));
            }
            commands.put(name, command);
        }
        return new ExecSettings(
                commands,
                section.texts("environment"),
                section.duration("timeout", DEFAULT_TIMEOUT, Duration.ofMillis(1), LONGEST_TIMEOUT),
                section.duration("retry-after", DEFAULT_RETRY_AFTER, Duration.ZERO, LONGEST_TIMEOUT),
                section.retry("retry"),
                section.number("output-bytes", DEFAULT_OUTPUT_BYTES, 0, MOST_OUTPUT_BYTES),
                section.directory());
    }
}
