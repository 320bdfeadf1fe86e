package io.penstock.examples.demo;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.penstock.JobQueue;
import io.penstock.worker.Worker;
import io.penstock.worker.WorkerBuilder;
import java.net.http.HttpClient;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** One phase on a database of its own: load, wait for the steps, stop, measure. */
final class PhaseRun {

    /** The worker's five connections, and one for arrivals. */
    private static final int WORKER_CONNECTIONS = 6;

    private static final Duration DRAIN = Duration.ofSeconds(15);
    private static final int POLL_MILLIS = 100;

    private final DemoSettings settings;
    private final Phase phase;
    private final LocalServices services;
    private final HttpClient client;
    private final Screen screen;
    private final Consumer<WorkerBuilder> more;

    PhaseRun(DemoSettings settings, Phase phase, LocalServices services, HttpClient client, Screen screen) {
        this(settings, phase, services, client, screen, builder -> {});
    }

    /**
     * A run of a worker that has something more than the demo's.
     *
     * @param more adds it
     */
    PhaseRun(
            DemoSettings settings,
            Phase phase,
            LocalServices services,
            HttpClient client,
            Screen screen,
            Consumer<WorkerBuilder> more) {
        this.more = more;
        this.settings = settings;
        this.phase = phase;
        this.services = services;
        this.client = client;
        this.screen = screen;
    }

    PhaseFigures run(DataSource database) throws SQLException, InterruptedException {
        try (HikariDataSource forWorker = pool(database, "worker", WORKER_CONNECTIONS, true);
                HikariDataSource forHandlers = pool(database, "handlers", Workload.SLOTS, false)) {
            JobQueue jobQueue = JobQueue.on(forWorker);
            Measurement measurement = new Measurement(database);
            load(jobQueue, forHandlers, measurement);
            long failed = measurement.failedAttempts();
            if (failed > 0) {
                throw new IllegalStateException("phase \"" + phase.key() + "\": expected no attempt to fail, " + failed
                        + " jobs have one that did; run with --verbose to see the log");
            }
            return measurement.figures(phase);
        }
    }

    private void load(JobQueue jobQueue, DataSource forHandlers, Measurement measurement)
            throws SQLException, InterruptedException {
        try (Worker worker = worker(jobQueue, forHandlers).start();
                Watch watch = new Watch(measurement, phase, settings, screen)) {
            measurement.start(settings);
            watch.start();
            new Driver(jobQueue, Arrivals.of(settings, phase)).run();
            long giveUp = System.nanoTime() + settings.patience().toNanos();
            while (measurement.unfinishedSteps() > 0 && System.nanoTime() - giveUp < 0) {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
            measurement.end();
        }
    }

    private WorkerBuilder worker(JobQueue jobQueue, DataSource forHandlers) {
        WorkerBuilder builder = Worker.on(jobQueue)
                .name("demo-" + phase.key())
                .capacity(phase.capacity())
                .headroom(phase.headroom())
                .drainTimeout(DRAIN)
                .handle(Workload.STEP, new RunbookHandler(services, client, forHandlers))
                .handle(Workload.DELIVERY, new DeliveryHandler(services, client, forHandlers, new CpuBurden(settings)));
        phase.queues().forEach(builder::queue);
        more.accept(builder);
        return builder;
    }

    /** Connections are opened before the phase starts, so that none of it is spent on that. */
    private static HikariDataSource pool(DataSource database, String name, int size, boolean autoCommit) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(database);
        config.setPoolName("demo-" + name);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(size);
        config.setAutoCommit(autoCommit);
        if (!autoCommit) {
            config.setConnectionInitSql("SET max_parallel_workers_per_gather = 0");
        }
        return new HikariDataSource(config);
    }
}
