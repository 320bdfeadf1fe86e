package io.penstock.examples.benchmarks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Watches one phase of a steady load: completions per window and per minute, and the sizes of the rooms. */
final class PhaseWatch {

    /**
     * What was seen. Disk is everything but "finished", which grows with every job; the total is with it.
     *
     * @param perMinute jobs per second in each full minute; in the whole phase if it is shorter than one
     */
    record Seen(
            Spread rate,
            List<Double> perMinute,
            double diskPerMinute,
            double totalPerMinute,
            long peakDisk,
            long peakLive) {}

    record Sizes(long live, long disk, long total) {}

    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final int WINDOWS = 6;
    private static final String SIZES = """
            SELECT coalesce(sum(pg_total_relation_size(oid)) FILTER (WHERE relname LIKE 'live%'), 0),
                   coalesce(sum(pg_total_relation_size(oid)) FILTER (WHERE relname NOT LIKE 'finished%'), 0),
                   coalesce(sum(pg_total_relation_size(oid)), 0)
            FROM pg_class WHERE relnamespace = 'penstock'::regnamespace AND relkind = 'r'
            """;

    private final BenchDatabase database;
    private final SteadyLoad load;
    private final long window;
    private final int windows;

    PhaseWatch(BenchDatabase database, SteadyLoad load, Duration length) {
        this.database = database;
        this.load = load;
        Duration sixth = length.dividedBy(WINDOWS);
        this.window = (sixth.compareTo(WINDOW) < 0 ? sixth : WINDOW).toNanos();
        this.windows = (int) Math.max(1, Math.round((double) length.toNanos() / window));
    }

    /** Watches until the phase is over. Looks at the sizes several times in each window. */
    Seen watch() throws SQLException, InterruptedException {
        List<Double> rates = new ArrayList<>();
        List<Sizes> sizes = new ArrayList<>();
        long start = System.nanoTime();
        long before = start;
        long countBefore = load.completed();
        try (Connection connection = database.connect()) {
            for (int number = 1; number <= windows; number++) {
                while (System.nanoTime() - start < number * window) {
                    sizes.add(sizes(connection));
                    long left = number * window - (System.nanoTime() - start);
                    TimeUnit.NANOSECONDS.sleep(Math.min(left, window / 5));
                }
                long now = System.nanoTime();
                long count = load.completed();
                rates.add((count - countBefore) * 1e9 / (now - before));
                before = now;
                countBefore = count;
            }
        }
        load.check();
        return seen(rates, sizes, (System.nanoTime() - start) / 60e9);
    }

    static Sizes sizes(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SIZES)) {
            row.next();
            return new Sizes(row.getLong(1), row.getLong(2), row.getLong(3));
        }
    }

    /** Growth is that of a line through all samples: a table that is emptied now and then has no other. */
    private Seen seen(List<Double> rates, List<Sizes> sizes, double minutes) {
        List<Double> perMinute = new ArrayList<>();
        for (int first = 0; first + WINDOWS <= rates.size(); first += WINDOWS) {
            perMinute.add(rates.subList(first, first + WINDOWS).stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElseThrow());
        }
        return new Seen(
                Spread.of(rates),
                perMinute,
                Trend.of(sizes.stream().map(Sizes::disk).toList()).rise() / minutes,
                Trend.of(sizes.stream().map(Sizes::total).toList()).rise() / minutes,
                sizes.stream().mapToLong(Sizes::disk).max().orElse(0),
                sizes.stream().mapToLong(Sizes::live).max().orElse(0));
    }
}
