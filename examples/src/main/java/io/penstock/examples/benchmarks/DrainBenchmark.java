package io.penstock.examples.benchmarks;

import io.penstock.job.Checks;
import io.penstock.job.Limits;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.DatabaseServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How fast one worker empties a queue, against its own statements with nothing around them. */
@Command(
        name = "drain",
        description = "Drains a queue of jobs that do nothing, with one worker and without the library.")
final class DrainBenchmark extends Benchmark {

    private static final int MOST_JOBS = 10_000_000;
    private static final int WARM_UP_JOBS = 20_000;

    @Option(names = "--jobs", defaultValue = "100000", description = "Jobs of each drain (default: ${DEFAULT-VALUE}).")
    private int jobs;

    @Option(names = "--slots", defaultValue = "1000", description = "Slots of the worker (default: ${DEFAULT-VALUE}).")
    private int slots;

    @Option(names = "--rounds", defaultValue = "3", description = "Drains of each side (default: ${DEFAULT-VALUE}).")
    private int rounds;

    private final List<LibraryDrain> drains = new ArrayList<>();
    private int queues;
    private long lost;
    private long completedTwice;

    @Override
    String method() {
        return """
                Jobs are enqueued in batches; then one worker with handlers that do nothing is started and timed until the \
                last completion has committed.
                The limit is the same claim and completion statements in a bare loop, one round trip and one commit per \
                batch, on one or two connections; each drain has a queue of its own, and the sides take turns.
                Statements and round trips are counted at the data source; WAL is the server's insert position before \
                and after.""";
    }

    @Override
    void check() {
        Checks.within("--jobs", jobs, 1, MOST_JOBS);
        Checks.within("--slots", slots, 1, Limits.SLOTS);
        Checks.within("--rounds", rounds, 1, 100);
    }

    @Override
    void measure(DatabaseServer server, Figures figures) throws Exception {
        try (BenchDatabase database = BenchDatabase.create(server, "drain")) {
            DrainQueue.prepare(database);
            LibraryDrain.run(fill(database, Math.min(jobs, WARM_UP_JOBS)), slots);
            LimitDrain.run(fill(database, Math.min(jobs, WARM_UP_JOBS)), 1, Limits.CLAIM_BATCH);

            int same = Math.min(slots, Limits.CLAIM_BATCH);
            Sides sides = new Sides().add("library", round -> library(database, figures, round));
            limit(sides, database, figures, 1, same);
            if (same < Limits.CLAIM_BATCH) {
                limit(sides, database, figures, 1, Limits.CLAIM_BATCH);
            }
            limit(sides, database, figures, 2, Limits.CLAIM_BATCH);
            report(sides.measure(rounds), figures);
        }
    }

    private double library(BenchDatabase database, Figures figures, int round)
            throws SQLException, InterruptedException {
        DrainQueue queue = fill(database, jobs);
        LibraryDrain drain = LibraryDrain.run(queue, slots);
        drains.add(drain);
        lost += queue.lost();
        completedTwice += queue.completedTwice();
        figures.say("round %d of %d: library %,.0f jobs/s", round, rounds, drain.jobsPerSecond());
        return drain.jobsPerSecond();
    }

    private void limit(Sides sides, BenchDatabase database, Figures figures, int connections, int batch) {
        String name = "limit.batch_" + batch + "_connections_" + connections;
        sides.add(name, round -> {
            DrainQueue queue = fill(database, jobs);
            double rate = LimitDrain.run(queue, connections, batch);
            if (queue.lost() > 0) {
                throw new IllegalStateException(name + ": expected the limit to drain the queue, left some jobs");
            }
            figures.say("round %d of %d: %s %,.0f jobs/s", round, rounds, name, rate);
            return rate;
        });
    }

    private DrainQueue fill(BenchDatabase database, int count) throws SQLException {
        DrainQueue queue =
                DrainQueue.fill(database, QueueDefinition.of("drain_" + ++queues, 0, Limits.SLOTS, 1), count);
        database.checkpoint();
        return queue;
    }

    private void report(Measured measured, Figures figures) {
        Spread library = measured.of("library");
        figures.put("jobs_per_second", library);
        figures.put("statements_per_job", spread(LibraryDrain::statementsPerJob));
        figures.put("round_trips_per_job", spread(LibraryDrain::roundTripsPerJob));
        figures.put("wal_bytes_per_job", spread(LibraryDrain::walBytesPerJob));
        figures.mustBeZero("lost", lost);
        figures.mustBeZero("completed_twice", completedTwice);
        Map<String, Spread> limits = new LinkedHashMap<>(measured.spreads());
        limits.remove("library");
        limits.forEach(figures::put);
        figures.put("of_limit", library.median() / fastest(limits, ""));
        figures.put("of_limit_of_one_connection", library.median() / fastest(limits, "connections_1"));
    }

    private static double fastest(Map<String, Spread> limits, String kind) {
        return limits.entrySet().stream()
                .filter(limit -> limit.getKey().endsWith(kind))
                .mapToDouble(limit -> limit.getValue().median())
                .max()
                .orElseThrow();
    }

    private Spread spread(ToDoubleFunction<LibraryDrain> figure) {
        return Spread.of(drains.stream().mapToDouble(figure).boxed().toList());
    }
}
