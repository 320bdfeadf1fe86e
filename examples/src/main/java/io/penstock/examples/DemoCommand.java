package io.penstock.examples;

import io.penstock.admin.cli.ExitCode;
import io.penstock.examples.demo.Demo;
import io.penstock.examples.demo.DemoReport;
import io.penstock.examples.demo.DemoSettings;
import io.penstock.examples.demo.Screen;
import io.penstock.examples.setup.FiguresFile;
import io.penstock.examples.setup.TemporaryDatabase;
import io.penstock.testkit.DatabaseServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Replays an incident: runbook steps that must be quick, beside a flood of slow deliveries. */
@Command(
        name = "demo",
        description = {
            "Runs the same load in four phases: runbook steps alone, one shared queue, hard pools, Penstock.",
            "Takes about three minutes. Starts a PostgreSQL of its own unless PENSTOCK_DATABASE_URL is set;",
            "there it makes databases named penstock_demo_... and drops them."
        })
final class DemoCommand implements Callable<Integer> {

    @Option(names = "--seed", defaultValue = "1", description = "Fixes all input (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--duration",
            defaultValue = "25s",
            converter = Seconds.class,
            description = "Measured part of each phase, 2s to 1h (default: ${DEFAULT-VALUE}).")
    private Duration duration = Duration.ofSeconds(25);

    @Option(
            names = "--arrivals",
            defaultValue = "even",
            description = "How runbook steps are spread: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private DemoSettings.Pace pace = DemoSettings.Pace.EVEN;

    @Option(
            names = "--ingest",
            defaultValue = "download",
            description = "What deliveries spend their time on: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private DemoSettings.IngestVariant ingest = DemoSettings.IngestVariant.DOWNLOAD;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures to a file.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        FiguresFile.check(json);
        boolean terminal = Boolean.parseBoolean(System.getProperty("penstock.terminal", "false"));
        DemoSettings settings = DemoSettings.of(seed, duration, pace, ingest);
        try (DatabaseServer server = TemporaryDatabase.server(false)) {
            DemoReport report = new Demo(server, settings, new Screen(System.out, terminal)).run();
            if (json != null) {
                report.write(json);
            }
        }
        return ExitCode.OK;
    }

    /** Reads {@code 25s}, {@code 2m} or a number of seconds. */
    static final class Seconds implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            if (!value.matches("[0-9]{1,5}[sm]?")) {
                throw new TypeConversionException(
                        "expected seconds such as 25s, or minutes such as 2m, was \"" + value + "\"");
            }
            long number = Long.parseLong(value.replaceAll("[sm]$", ""));
            Duration duration = value.endsWith("m") ? Duration.ofMinutes(number) : Duration.ofSeconds(number);
            if (duration.compareTo(Duration.ofSeconds(2)) < 0 || duration.compareTo(Duration.ofHours(1)) > 0) {
                throw new TypeConversionException("expected 2s to 60m, was \"" + value + "\"");
            }
            return duration;
        }
    }
}
