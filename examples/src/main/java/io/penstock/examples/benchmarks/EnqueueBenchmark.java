package io.penstock.examples.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.penstock.JobQueue;
import io.penstock.error.ContentionException;
import io.penstock.job.Checks;
import io.penstock.job.Limits;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.DatabaseServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How fast jobs are enqueued, one by one and in batches, against a plain table. */
@Command(
        name = "enqueue",
        description = "Enqueues singly and in batches, against inserting the same bytes into a table.")
final class EnqueueBenchmark extends Benchmark {

    private static final String QUEUE = "enqueue";

    @Option(
            names = "--batches",
            split = ",",
            defaultValue = "1,10,100,1000,10000",
            description = "Jobs of one call (default: ${DEFAULT-VALUE}).")
    private List<Integer> batches = List.of();

    @Option(
            names = "--clients",
            split = ",",
            defaultValue = "1,4",
            description = "Clients at once (default: ${DEFAULT-VALUE}).")
    private List<Integer> clients = List.of();

    @Option(names = "--seconds", defaultValue = "2", description = "Length of a slice (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--rounds", defaultValue = "3", description = "Slices of each side (default: ${DEFAULT-VALUE}).")
    private int rounds;

    private final AtomicLong refused = new AtomicLong();

    @Override
    String method() {
        return """
                Clients enqueue in a loop, in three ways: "statement" is JobQueue.enqueue on a connection in autocommit, \
                one statement and one commit; "own" is JobQueue.enqueue on a pool, a bounded transaction with its limits; \
                "plain" is one INSERT of the same values from arrays into a table with the columns of "live", a primary \
                key and an index on (priority, position), the latter from a sequence, in autocommit.
                Slices of the three take turns; no worker runs; tables are emptied between batch sizes. Figures are jobs \
                per second; own_refused counts calls that took longer than their limit and enqueued nothing.""";
    }

    @Override
    void check() {
        batches.forEach(batch -> Checks.within("--batches", batch, 1, Limits.ENQUEUE_BATCH));
        clients.forEach(count -> Checks.within("--clients", count, 1, 64));
        Slices.check(seconds, rounds);
    }

    @Override
    void measure(DatabaseServer server, Figures figures) throws Exception {
        Duration slice = Slices.length(seconds);
        try (BenchDatabase database = BenchDatabase.create(server, "enqueue")) {
            JobQueue statement = database.jobQueue();
            statement.declare(QueueDefinition.of(QUEUE, 0, 1, 1));
            PlainTable.create(database);
            for (int count : clients) {
                try (HikariDataSource pool = database.pool(count)) {
                    JobQueue own = JobQueue.on(pool);
                    for (int batch : batches) {
                        database.execute("TRUNCATE penstock.live, " + PlainTable.NAME);
                        database.checkpoint();
                        Sides sides = new Sides()
                                .add(
                                        "statement",
                                        round -> rate(database, count, slice, connection -> {
                                            statement.enqueue(connection, Tasks.batch(QUEUE, 0, batch));
                                            return batch;
                                        }))
                                .add("own", round -> rate(database, count, slice, connection -> own(own, batch)))
                                .add(
                                        "plain",
                                        round -> rate(database, count, slice, connection -> {
                                            PlainTable.insert(connection, batch);
                                            return batch;
                                        }));
                        sides.measure(1); // everybody's statements are prepared, and the JIT has seen them
                        report(sides.measure(rounds), "clients_" + count + ".batch_" + batch, figures);
                    }
                }
            }
        }
    }

    /** A batch that the bounds of the transaction do not let through is no job enqueued, and is counted. */
    private int own(JobQueue own, int batch) {
        try {
            own.enqueue(Tasks.batch(QUEUE, 0, batch));
            return batch;
        } catch (ContentionException bounded) {
            refused.incrementAndGet();
            return 0;
        }
    }

    private static double rate(BenchDatabase database, int count, Duration slice, Clients.Step step) throws Exception {
        return Clients.rate(count, slice, database::connect, step);
    }

    private void report(Measured measured, String name, Figures figures) {
        measured.spreads().forEach((side, spread) -> figures.put(name + "." + side, spread));
        figures.put(name + ".statement_over_plain", measured.ratio("statement", "plain"));
        figures.put(name + ".own_over_plain", measured.ratio("own", "plain"));
        figures.put(name + ".own_refused", refused.getAndSet(0));
        figures.say("%s done", name);
    }
}
