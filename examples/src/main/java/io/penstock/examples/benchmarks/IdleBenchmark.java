package io.penstock.examples.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.penstock.JobQueue;
import io.penstock.job.Checks;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.DatabaseServer;
import io.penstock.worker.Worker;
import io.penstock.worker.WorkerBuilder;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a worker costs that has nothing to do. */
@Command(name = "idle", description = "What one worker costs its process and its database while nothing happens.")
final class IdleBenchmark extends Benchmark {

    private static final String CONNECTIONS =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    private static final String TRANSACTIONS =
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()";
    private static final int SETTLED_SECONDS = 15;

    @Option(names = "--queues", defaultValue = "200", description = "How many (default: ${DEFAULT-VALUE}).")
    private int queues;

    @Option(names = "--minutes", defaultValue = "5", description = "Length (default: ${DEFAULT-VALUE}).")
    private double minutes;

    @Override
    String method() {
        return """
                The queues are there already. One worker of five connections starts on all of them, with a handler, and has \
                %d seconds to come to rest; then nothing is done for the time of the measurement. A query is a statement that \
                neither begins nor ends a transaction nor sets its limits; statements are all but BEGIN, as counted between \
                the worker and its driver. CPU is in per cent of one core: of this process, and of the worker's server \
                processes where they run on this machine. Heap is what a collection leaves, with the worker less without.""".formatted(SETTLED_SECONDS);
    }

    @Override
    void check() {
        Checks.within("--queues", queues, 1, 1_000);
        Checks.within(
                "--minutes", Duration.ofMillis((long) (minutes * 60_000)), Duration.ofSeconds(1), Duration.ofDays(1));
    }

    @Override
    void measure(DatabaseServer server, Figures figures) throws Exception {
        try (BenchDatabase database = BenchDatabase.create(server, "idle")) {
            QueueDefinition[] definitions = IntStream.range(0, queues)
                    .mapToObj(number -> QueueDefinition.of("idle-" + number, number % 2, 4, 1))
                    .toArray(QueueDefinition[]::new);
            CountingDataSource counting = new CountingDataSource(database.dataSource());
            JobQueue jobQueue = JobQueue.on(counting.dataSource());
            jobQueue.declare(definitions);
            long heapBefore = heap();
            long start = System.nanoTime();
            WorkerBuilder builder = Worker.on(jobQueue).name("idle").capacity(Math.max(queues, 16));
            for (QueueDefinition definition : definitions) {
                builder.queue(definition);
            }
            try (Worker worker =
                    builder.handle(Tasks.TYPE, context -> Outcome.completed()).start()) {
                figures.put("start_seconds", (System.nanoTime() - start) / 1e9);
                TimeUnit.SECONDS.sleep(SETTLED_SECONDS);
                figures.put("heap_bytes", Math.max(0, heap() - heapBefore));
                figures.put("connections", database.number(CONNECTIONS));
                rest(database, counting, figures);
            }
        }
    }

    private void rest(BenchDatabase database, CountingDataSource counting, Figures figures)
            throws SQLException, InterruptedException {
        ServerProcesses processes = ServerProcesses.of(database);
        long queries = counting.queries();
        long statements = counting.statements();
        long transactions = database.number(TRANSACTIONS);
        double serverBefore = processes.cpuSeconds();
        double processBefore = processSeconds();
        long start = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep((long) (minutes * 60_000));
        double seconds = (System.nanoTime() - start) / 1e9;
        figures.put("queries_per_second", (counting.queries() - queries) / seconds);
        figures.put("statements_per_second", (counting.statements() - statements) / seconds);
        figures.put("transactions_per_second", (database.number(TRANSACTIONS) - transactions) / seconds);
        figures.put("server_cpu_percent", 100 * (processes.cpuSeconds() - serverBefore) / seconds);
        figures.put("process_cpu_percent", 100 * (processSeconds() - processBefore) / seconds);
    }

    private static long heap() {
        for (int collection = 0; collection < 3; collection++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static double processSeconds() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() / 1e9;
    }
}
