package io.penstock.examples.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.penstock.examples.benchmarks.SlotTimes.Span;
import io.penstock.job.Checks;
import io.penstock.testkit.DatabaseServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What heavy queues do to the latency of a critical one, over three worker processes. */
@Command(
        name = "isolation",
        description =
                "The latency of critical jobs alone and beside heavy ones: Penstock, hard pools, one shared queue.")
final class IsolationBenchmark extends Benchmark {

    @Option(
            names = "--samples",
            defaultValue = "10000",
            description = "Critical jobs measured in each phase (default: ${DEFAULT-VALUE}).")
    private int samples;

    @Option(
            names = "--rate",
            defaultValue = "50",
            description = "Critical jobs a second, at random (default: ${DEFAULT-VALUE}).")
    private int rate;

    private final Map<IsolationPhase, Double> p99 = new HashMap<>();

    @Override
    String method() {
        return """
                Three worker processes with 8 slots each. Critical jobs wait for 50 ms, as for I/O, and arrive at random; 12 slots are \
                guaranteed. Two heavy queues, of jobs of 0.1 s and of 5 s, always have jobs waiting. alone: critical jobs only. \
                penstock: with both. pools: 12, 6 and 6 slots, nothing lent. shared: one queue for all, a tenth of the samples. \
                killed: as penstock, one of the workers is killed halfway. cpu: as penstock, the jobs of 0.1 s compute. \
                Milliseconds from the commit of the enqueue to that of the completion, by the database's clock; wait is the part until the claim. \
                deficit_slot_s: slots owed to critical jobs that waited; stranded_slot_s: slots idle while any job waited.""";
    }

    @Override
    void check() {
        Checks.within("--samples", samples, 20, 1_000_000);
        Checks.within("--rate", rate, 1, 200);
    }

    @Override
    void measure(DatabaseServer server, Figures figures) throws Exception {
        for (IsolationPhase phase : IsolationPhase.values()) {
            figures.say("%s ...", phase.key());
            measure(server, phase, figures);
        }
        figures.put("p99_ratio", over(IsolationPhase.PENSTOCK));
        figures.put("p99_ratio_of.pools", over(IsolationPhase.POOLS));
        figures.put("p99_ratio_of.shared", over(IsolationPhase.SHARED));
        figures.put("p99_ratio_of.killed", over(IsolationPhase.KILLED));
        figures.put("p99_ratio_of.cpu", over(IsolationPhase.CPU));
    }

    private double over(IsolationPhase phase) {
        return p99.getOrDefault(phase, Double.NaN) / p99.getOrDefault(IsolationPhase.ALONE, Double.NaN);
    }

    private void measure(DatabaseServer server, IsolationPhase phase, Figures figures) throws Exception {
        int wanted = phase == IsolationPhase.SHARED ? Math.max(Math.min(samples, 100), samples / 10) : samples;
        List<IsolationWorker> workers = new ArrayList<>();
        try (BenchDatabase database = BenchDatabase.create(server, "isolation");
                HikariDataSource pool = database.pool(4)) {
            try {
                for (int number = 0; number < IsolationPhase.WORKERS; number++) {
                    workers.add(IsolationWorker.start(server, database, phase, number));
                }
                IsolationRun run = new IsolationRun(phase, database, pool);
                AtomicReference<CompletableFuture<Double>> back = new AtomicReference<>();
                run.offer(Math.min(rate * 15, wanted), wanted, rate, () -> {
                    if (phase == IsolationPhase.KILLED) {
                        workers.get(0).kill();
                        back.set(CompletableFuture.supplyAsync(() -> IsolationRun.awaitGuarantee(database)));
                    }
                });
                awaitCritical(database);
                put(phase, database, run.spans(), figures);
                CompletableFuture<Double> guaranteed = back.get();
                if (guaranteed != null) {
                    figures.put("guarantee_back_s", guaranteed.get());
                }
            } finally {
                workers.forEach(IsolationWorker::close);
            }
        }
    }

    private static void awaitCritical(BenchDatabase database) throws SQLException, InterruptedException {
        while (database.number("SELECT count(*) FROM penstock.live WHERE type = 'critical'") > 0) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private void put(IsolationPhase phase, BenchDatabase database, List<Span> spans, Figures figures)
            throws SQLException {
        String measured = " FROM penstock.finished WHERE tags @> ARRAY['measured']";
        double from = database.number("SELECT ceil(extract(epoch FROM min(eligible_at)))::bigint" + measured);
        double until = database.number("SELECT floor(extract(epoch FROM max(eligible_at)))::bigint" + measured);
        for (String part : List.of("total", "wait")) {
            String end = part.equals("total") ? "finished_at" : "first_claimed_at";
            for (int percent : new int[] {50, 99, 100}) {
                double milliseconds = database.number("SELECT (percentile_disc(" + percent / 100.0
                                + ") WITHIN GROUP (ORDER BY extract(epoch FROM " + end
                                + " - eligible_at)) * 1e6)::bigint" + measured)
                        / 1e3;
                figures.put(phase.key() + "." + part + "_ms.p" + percent, milliseconds);
                if (part.equals("total") && percent == 99) {
                    p99.put(phase, milliseconds);
                }
            }
        }
        figures.put(phase.key() + ".samples", database.number("SELECT count(*)" + measured));
        SlotTimes slots = SlotTimes.between(from, until, IsolationPhase.CAPACITY, IsolationPhase.GUARANTEE, spans);
        figures.put(phase.key() + ".utilisation", slots.utilisation());
        figures.put(phase.key() + ".over_committed", slots.over());
        figures.put(phase.key() + ".deficit_slot_s", slots.owed());
        figures.put(phase.key() + ".stranded_slot_s", slots.stranded());
        figures.put(phase.key() + ".slot_s", IsolationPhase.CAPACITY * (until - from));
    }
}
