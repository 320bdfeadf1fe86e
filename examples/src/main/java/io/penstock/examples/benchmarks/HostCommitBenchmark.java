package io.penstock.examples.benchmarks;

import io.penstock.JobQueue;
import io.penstock.job.Checks;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.DatabaseServer;
import io.penstock.worker.Worker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What an enqueue costs the transaction that it belongs to. */
@Command(
        name = "host-commit",
        description =
                "Commits of a host that enqueues with its own change, against one that inserts into a plain table.")
final class HostCommitBenchmark extends Benchmark {

    private static final int SLOW_SLOTS = 2;
    private static final int SLOW_MILLIS = 100;
    private static final int FAST_SLOTS = 16;
    private static final int BACKLOG = 1_000;

    @Option(
            names = "--clients",
            split = ",",
            defaultValue = "1,4,16",
            description = "Clients at once (default: ${DEFAULT-VALUE}).")
    private List<Integer> clients = List.of();

    @Option(names = "--seconds", defaultValue = "3", description = "Length of a slice (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--rounds", defaultValue = "3", description = "Slices of each side (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Override
    String method() {
        return """
                Each transaction inserts a business row of about 200 bytes, then either enqueues one job by a single \
                statement (JobQueue.enqueue with the host's connection) or inserts the same values into a plain table with \
                the columns of "live", a primary key and an index on (priority, position); then it commits: three round \
                trips on either side. Slices of the two take turns. Figures are commits per second, and their ratio.
                "busy": a worker with two slots and slow handlers has a backlog throughout, so nobody has to be woken. \
                "asleep": a worker with handlers that do nothing is idle when a slice begins; each commit that finds it \
                asleep wakes it by NOTIFY, and it works off what is enqueued on the same machine, which is part of the \
                cost. sleeper_share is how often, of looks during its slices, the worker was on the list of sleepers.""";
    }

    @Override
    void check() {
        clients.forEach(count -> Checks.within("--clients", count, 1, 128));
        Slices.check(seconds, rounds);
    }

    @Override
    void measure(DatabaseServer server, Figures figures) throws Exception {
        try (BenchDatabase database = BenchDatabase.create(server, "host")) {
            HostTransaction.prepare(database);
            PlainTable.create(database);
            JobQueue jobQueue = database.jobQueue();
            jobQueue.declare(QueueDefinition.of("busy", 0, SLOW_SLOTS, 1));
            jobQueue.enqueue(Tasks.batch("busy", 0, BACKLOG));
            try (Worker busy = worker(jobQueue, "busy", SLOW_SLOTS, SLOW_MILLIS)) {
                compare(database, "busy", false, figures);
            }
            try (Worker asleep = worker(jobQueue, "asleep", FAST_SLOTS, 0)) {
                compare(database, "asleep", true, figures);
            }
        }
    }

    private void compare(BenchDatabase database, String queue, boolean rests, Figures figures) throws Exception {
        HostTransaction host = new HostTransaction(database.jobQueue(), queue);
        for (int count : clients) {
            Sleepers sleepers = new Sleepers(database, queue, rests);
            Sides sides = new Sides()
                    .add("enqueue", round -> sleepers.during(() -> rate(database, count, host::enqueue)))
                    .add("plain", round -> sleepers.rested(() -> rate(database, count, host::plain)));
            sides.measure(1); // everybody's statements are prepared, and the JIT has seen them
            Measured measured = sides.measure(rounds);
            String clientsOf = ".clients_" + count;
            figures.put("commits_per_second.enqueue." + queue + clientsOf, measured.of("enqueue"));
            figures.put("commits_per_second.plain." + queue + clientsOf, measured.of("plain"));
            figures.put("sleeper_share." + queue + clientsOf, sleepers.share());
            figures.put(queue + clientsOf, measured.ratio("enqueue", "plain"));
            figures.say("%s, %d clients: %.2f", queue, count, measured.ratio("enqueue", "plain"));
        }
    }

    private double rate(BenchDatabase database, int count, Clients.Step step) throws Exception {
        return Clients.rate(count, Slices.length(seconds), () -> HostTransaction.connect(database), step);
    }

    private static Worker worker(JobQueue jobQueue, String queue, int slots, long millis) {
        return Worker.on(jobQueue)
                .name("host-" + queue)
                .capacity(slots)
                .drainTimeout(Duration.ofSeconds(5))
                .queue(QueueDefinition.of(queue, 0, slots, 1))
                .handle(Tasks.TYPE, context -> {
                    TimeUnit.MILLISECONDS.sleep(millis);
                    return Outcome.completed();
                })
                .start();
    }
}
