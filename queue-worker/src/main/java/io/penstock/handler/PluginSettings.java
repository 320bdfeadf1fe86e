package io.penstock.handler;

import io.penstock.error.RefusedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One section of a worker's file. A value comes from the environment, the file or the default, in this order; one that does not fit
 * is told with its line, and the default is answered, so that all mistakes are told at once and the process does not start.
 */
public interface PluginSettings {

    /** What the keys of this section are called, in the order of the file: for sections whose keys are names. */
    List<String> names();

    /** A text; empty if it is not set. */
    Optional<String> text(String key);

    String text(String key, String otherwise);

    /** A text that is shown to nobody. */
    Optional<String> secret(String key);

    int number(String key, int otherwise, int minimum, int maximum);

    boolean flag(String key, boolean otherwise);

    /** Such as {@code 250ms}, {@code 30s}, {@code 5m}, {@code 2h} or {@code 1d}. */
    Duration duration(String key, Duration otherwise, Duration minimum, Duration maximum);

    /** A list of texts; empty if it is not set. */
    List<String> texts(String key);

    /**
     * How failed jobs are tried again, as a section: {@code attempts} at most, {@code policy} ({@code exponential}, {@code linear} or
     * {@code fixed}), {@code delay} and, but for a fixed one, {@code longest}. {@link HandlerOptions#DEFAULT} in what is not set.
     */
    HandlerOptions retry(String key);

    /** The directory of the file, beside which its relative paths are. */
    Path directory();

    /** A section inside this one; without keys if it is not there. */
    PluginSettings section(String key);

    /** A refusal of a value, with its place. */
    RefusedException refused(String key, String expected, String found);
}
