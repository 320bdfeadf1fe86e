package io.penstock.examples.benchmarks;

import io.penstock.job.Checks;
import io.penstock.testkit.DatabaseServer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What a claim, a promotion, a look at the depth and an enqueue take when very much waits. */
@Command(name = "backlog", description = "Claims, promotes, samples and enqueues beside backlogs of several sizes.")
final class BacklogBenchmark extends Benchmark {

    private static final int WARM_UP = 10;

    /** So many available jobs in one queue, and as many scheduled ones. */
    record Size(String label, int rows) {
        @Override
        public String toString() {
            return label;
        }
    }

    @Option(
            names = "--sizes",
            split = ",",
            defaultValue = "10k,1m",
            converter = Sizes.class,
            description =
                    "Backlogs, up to 10m; the first is what the others are compared with (default: ${DEFAULT-VALUE}).")
    private List<Size> sizes = List.of();

    @Option(
            names = "--repetitions",
            defaultValue = "50",
            description = "Measurements of each step at each size (default: ${DEFAULT-VALUE}).")
    private int repetitions;

    @Override
    String method() {
        return """
                For each size a database of its own, with that many available jobs in one queue and as many scheduled in a \
                year, written directly, without ANALYZE. Then, the sizes in turn, each step in the worker's kind of \
                transaction, timed with its commit: claim of 100 from the floor behind the last one (given back \
                afterwards), promotion of 300 due jobs, depth as /metrics reads it, and enqueue of 1 and of 100.
                Figures are milliseconds; a ratio is that of rates, so 1 means that the backlog costs nothing.""";
    }

    @Override
    void check() {
        Checks.within("--repetitions", repetitions, 1, 10_000);
    }

    @Override
    void measure(DatabaseServer server, Figures figures) throws Exception {
        List<Backlog> backlogs = new ArrayList<>();
        try {
            for (Size size : sizes) {
                long start = System.nanoTime();
                backlogs.add(Backlog.build(server, size));
                figures.say("%s: built in %.0f s", size, (System.nanoTime() - start) / 1e9);
            }
            Sides sides = new Sides();
            for (Backlog backlog : backlogs) {
                for (Backlog.Step step : Backlog.Step.values()) {
                    sides.add(name(step, backlog.size()), round -> backlog.milliseconds(step));
                }
            }
            sides.measure(Math.min(WARM_UP, repetitions));
            report(sides.measure(repetitions), figures);
        } finally {
            for (Backlog backlog : backlogs) {
                backlog.close();
            }
        }
    }

    private void report(Measured measured, Figures figures) {
        Map<String, Double> ratios = new LinkedHashMap<>();
        for (Backlog.Step step : Backlog.Step.values()) {
            for (Size size : sizes) {
                figures.put(name(step, size), measured.of(name(step, size)));
                if (!size.equals(sizes.get(0))) {
                    ratios.put(
                            step.word() + "_" + size + "_over_" + sizes.get(0),
                            measured.ratio(name(step, sizes.get(0)), name(step, size)));
                }
            }
        }
        ratios.forEach((name, ratio) -> figures.put(name, ratio));
    }

    private static String name(Backlog.Step step, Size size) {
        return step.word() + "_ms." + size;
    }

    /** Reads {@code 500}, {@code 10k} and {@code 10m}. */
    static final class Sizes implements ITypeConverter<Size> {

        private static final long SMALLEST = 200;
        private static final long LARGEST = 10_000_000;

        @Override
        public Size convert(String value) {
            if (!value.matches("[1-9][0-9]{0,7}[km]?")) {
                throw new TypeConversionException("expected a size such as 500, 10k or 1m, was \"" + value + "\"");
            }
            long unit = value.endsWith("k") ? 1_000 : value.endsWith("m") ? 1_000_000 : 1;
            long rows = unit * Long.parseLong(value.replaceAll("[km]$", ""));
            if (rows < SMALLEST || rows > LARGEST) {
                throw new TypeConversionException("expected 200 to 10m, was \"" + value + "\"");
            }
            return new Size(value, (int) rows);
        }
    }
}
