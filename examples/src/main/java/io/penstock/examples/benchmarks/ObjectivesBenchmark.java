package io.penstock.examples.benchmarks;

import io.penstock.JobQueue;
import io.penstock.alert.Times;
import io.penstock.alert.Watch;
import io.penstock.job.Checks;
import io.penstock.job.QueueDefinition;
import io.penstock.objective.LatencyObjective;
import io.penstock.objective.Objective;
import io.penstock.testkit.DatabaseServer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What it costs to watch over many objectives. */
@Command(name = "objectives", description = "What one process spends on watching over many queues with objectives.")
final class ObjectivesBenchmark extends Benchmark {

    private static final int JOBS_WAITING = 10;
    private static final String TALLIES = """
            INSERT INTO penstock.tally (objective_id, minute, total, good)
            SELECT o.objective_id, m.minute, 100, 99 FROM penstock.objective AS o CROSS JOIN (
                SELECT date_bin('1 minute', now() - n * interval '1 minute', 'epoch') AS minute FROM generate_series(0, 2880) AS n
                UNION ALL
                SELECT date_bin('1 hour', now() - n * interval '1 hour', 'epoch') FROM generate_series(50, 720) AS n) AS m
            """;
    private static final String SAMPLES = """
            INSERT INTO penstock.sample (queue_id, at, drawn, depth, head_age)
            SELECT q.queue_id, now() - n * interval '5 seconds', %d, %d, 1000 FROM penstock.queue AS q, generate_series(1, 240) AS n
            """.formatted(JOBS_WAITING, JOBS_WAITING);

    @Option(names = "--queues", defaultValue = "200", description = "How many (default: ${DEFAULT-VALUE}).")
    private int queues;

    @Option(names = "--seconds", defaultValue = "330", description = "Length (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "180",
            description = "Before that, while statements are planned for the first times (default: ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(
            names = "--within",
            paramLabel = "SECONDS",
            defaultValue = "21600",
            description =
                    "What is promised of each job; it should be more than the length (default: ${DEFAULT-VALUE}).")
    private int withinSeconds;

    @Override
    String method() {
        return """
                Every queue has an objective, ten jobs that wait, and a history of 30 days. One watch looks as a worker's does, \
                where jobs have five seconds once a second; every ten seconds it adds up what pages are judged by, every five minutes what tickets are. Times of a look \
                are milliseconds; CPU is in per cent of one core, of the watching thread and of its server process where that runs here.""";
    }

    @Override
    void check() {
        Checks.within("--queues", queues, 1, 1_000);
        Checks.within("--seconds", seconds, 1, 86_400);
        Checks.within("--warm-up", warmUp, 0, 86_400);
        Checks.within("--within", withinSeconds, 1, 86_400);
    }

    @Override
    void measure(DatabaseServer server, Figures figures) throws Exception {
        try (BenchDatabase database = BenchDatabase.create(server, "objectives")) {
            fill(database);
            Watch watch = new Watch("bench", database.dataSource(), new Times(), List.of());
            figures.put("first_look_ms", timed(watch));
            watch(watch, warmUp);
            ServerProcesses processes = ServerProcesses.of(database);
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            long threadBefore = threads.getCurrentThreadCpuTime();
            double serverBefore = processes.cpuSeconds();
            long start = System.nanoTime();
            List<Double> looks = watch(watch, seconds);
            double past = (System.nanoTime() - start) / 1e9;
            figures.put("look_ms", Spread.of(looks));
            figures.put("process_cpu_percent", (threads.getCurrentThreadCpuTime() - threadBefore) / 1e7 / past);
            figures.put("server_cpu_percent", 100 * (processes.cpuSeconds() - serverBefore) / past);
        }
    }

    /** Looks for some seconds, as often as the watch says; answers how many milliseconds each look took. */
    private static List<Double> watch(Watch watch, int seconds) throws SQLException, InterruptedException {
        List<Double> looks = new ArrayList<>();
        long start = System.nanoTime();
        Duration wait = Duration.ofSeconds(1);
        while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(seconds)) {
            TimeUnit.NANOSECONDS.sleep(wait.toNanos());
            long look = System.nanoTime();
            wait = watch.look();
            looks.add((System.nanoTime() - look) / 1e6);
        }
        return looks;
    }

    private static double timed(Watch watch) throws SQLException {
        long start = System.nanoTime();
        watch.look();
        return (System.nanoTime() - start) / 1e6;
    }

    private void fill(BenchDatabase database) throws SQLException {
        JobQueue jobQueue = database.jobQueue();
        jobQueue.declare(IntStream.range(0, queues)
                .mapToObj(number -> QueueDefinition.of("watched-" + number, 0, 4, 1))
                .toArray(QueueDefinition[]::new));
        jobQueue.declareObjectives(IntStream.range(0, queues)
                .mapToObj(number -> LatencyObjective.of("watched-" + number, Duration.ofSeconds(withinSeconds), 0.95))
                .toArray(Objective[]::new));
        for (int number = 0; number < queues; number++) {
            jobQueue.enqueue(Tasks.batch("watched-" + number, 0, JOBS_WAITING));
        }
        database.execute(TALLIES);
        database.execute(SAMPLES);
        database.execute("VACUUM ANALYZE penstock.tally");
        database.checkpoint();
    }
}
