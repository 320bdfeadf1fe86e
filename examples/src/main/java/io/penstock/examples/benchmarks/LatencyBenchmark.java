package io.penstock.examples.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.penstock.JobQueue;
import io.penstock.job.Checks;
import io.penstock.testkit.DatabaseServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long it takes from an enqueue in one process to the start of the handler in another, with nothing else to do. */
@Command(name = "latency", description = "From an enqueue in one process to its handler's start in another, both idle.")
final class LatencyBenchmark extends Benchmark {

    private static final long SEED = 41;

    @Option(names = "--jobs", defaultValue = "500", description = "How many (default: ${DEFAULT-VALUE}).")
    private int jobs;

    @Option(
            names = "--pause",
            defaultValue = "400",
            description = "Milliseconds between two of them, at most; half of it at least (default: ${DEFAULT-VALUE}).")
    private int pause;

    @Override
    String method() {
        return """
                One job at a time is enqueued here by a single call, in a transaction of its own. A worker in another JVM, \
                with one queue and a handler that takes the time, is idle by then and asleep most of the time. Figures are \
                milliseconds from before the call to the first line of the handler, by the clock of the machine that both \
                run on: the enqueue and its commit, the wake-up, the claim and its commit. "enqueue" is the part until the call \
                returns. Without the first tenth.""";
    }

    @Override
    void check() {
        Checks.within("--jobs", jobs, 20, 1_000_000);
        Checks.within("--pause", pause, 2, 60_000);
    }

    @Override
    void measure(DatabaseServer server, Figures figures) throws Exception {
        try (BenchDatabase database = BenchDatabase.create(server, "latency");
                HikariDataSource pool = database.pool(1);
                LatencyWorker worker = LatencyWorker.start(server, database)) {
            JobQueue jobQueue = JobQueue.on(pool);
            Random random = new Random(SEED);
            List<Double> calls = new ArrayList<>();
            List<Double> starts = new ArrayList<>();
            for (int job = 0; job < jobs; job++) {
                TimeUnit.MILLISECONDS.sleep(pause / 2 + random.nextInt(pause / 2));
                long before = LatencyWorker.microseconds();
                jobQueue.enqueue(LatencyWorker.job(job));
                calls.add((LatencyWorker.microseconds() - before) / 1e3);
                starts.add((worker.started(job) - before) / 1e3);
            }
            percentiles("enqueue", calls, figures);
            percentiles("start", starts, figures);
        }
    }

    private void percentiles(String name, List<Double> samples, Figures figures) {
        List<Double> sorted = samples.subList(jobs / 10, jobs).stream().sorted().toList();
        for (int percent : new int[] {50, 90, 99, 100}) {
            int rank = (int) Math.ceil(sorted.size() * percent / 100.0);
            figures.put("milliseconds." + name + ".p" + percent, sorted.get(rank - 1));
        }
    }
}
