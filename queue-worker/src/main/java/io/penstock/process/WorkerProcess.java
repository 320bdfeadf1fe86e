package io.penstock.process;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.JobQueue;
import io.penstock.worker.Worker;
import io.penstock.worker.WorkerBuilder;
import io.penstock.worker.WorkerHealth;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import javax.sql.DataSource;

/**
 * A worker with its own connections and the handlers of its file. Holds five connections, and a sixth for as long as somebody reads
 * {@link #spareDataSource}. Safe for use by many threads.
 */
public final class WorkerProcess implements AutoCloseable {

    private static final int CONNECTIONS = 5;
    private static final Duration MOVES_WITHIN = Duration.ofSeconds(60);

    private final HikariDataSource dataSource;
    private final HikariDataSource spare;
    private final FatalErrors fatalErrors;
    private final Worker worker;

    private WorkerProcess(WorkerConfiguration configuration, MeterRegistry meters, BiConsumer<Fatal, String> fatal) {
        WorkerSettings settings = configuration.worker();
        this.fatalErrors = new FatalErrors(settings.capacity() + settings.headroom(), fatal);
        this.dataSource = configuration.database().pool("penstock-" + settings.name(), CONNECTIONS);
        this.spare = configuration.database().pool("penstock-" + settings.name() + "-metrics", 1);
        try {
            this.worker = builder(configuration, meters).start();
        } catch (RuntimeException failure) {
            closePools();
            throw failure;
        }
    }

    /**
     * Starts the worker. From then on whatever ends a thread of this JVM by an error is looked at: the process is the worker's.
     *
     * @param fatal told when the process had better end, on the thread that noticed
     * @throws io.penstock.error.DatabaseUnavailableException if the server cannot be reached now
     */
    public static WorkerProcess start(
            WorkerConfiguration configuration, MeterRegistry meters, BiConsumer<Fatal, String> fatal) {
        WorkerProcess process = new WorkerProcess(configuration, meters, fatal);
        Thread.setDefaultUncaughtExceptionHandler(process.fatalErrors);
        return process;
    }

    private WorkerBuilder builder(WorkerConfiguration configuration, MeterRegistry meters) {
        WorkerSettings settings = configuration.worker();
        WorkerBuilder builder = Worker.on(JobQueue.on(dataSource))
                .name(settings.name())
                .capacity(settings.capacity())
                .headroom(settings.headroom())
                .drainTimeout(settings.drainTimeout())
                .unknownTypes(settings.unknownTypes())
                .middleware(fatalErrors)
                .listener(fatalErrors)
                .meters(meters);
        configuration.queues().forEach(builder::queue);
        configuration.objectives().forEach(builder::objective);
        configuration.alertRoutes().forEach(builder::alertRoute);
        configuration.schedules().forEach(builder::schedule);
        configuration.handlers().forEach(registration -> builder.handle(registration));
        return builder;
    }

    /** For whoever looks at the database beside the worker, such as metrics. */
    public DataSource spareDataSource() {
        return spare;
    }

    /** How many attempts run. */
    public int running() {
        return fatalErrors.running();
    }

    /** Why it takes no jobs at the moment, if it does not. */
    public Optional<String> notReady() {
        WorkerHealth health = worker.health();
        if (health.draining()) {
            return Optional.of("draining");
        }
        return health.beating() ? Optional.empty() : Optional.of("no recent heart-beat reached the database");
    }

    /** Which of its loops stands still, if one does: only a restart helps then. */
    public Optional<String> notLive() {
        WorkerHealth health = worker.health();
        return health.draining() || health.longestRest().compareTo(MOVES_WITHIN) <= 0
                ? Optional.empty()
                : Optional.of(health.slowest() + " has not moved for "
                        + health.longestRest().toSeconds() + " s");
    }

    /**
     * Claims nothing more, waits for handlers as long as the file says, interrupts those that still run and gives their jobs back.
     * Health is answered meanwhile.
     *
     * @return how many were interrupted
     */
    public int drain() {
        int before = fatalErrors.interrupted();
        worker.close();
        return fatalErrors.interrupted() - before;
    }

    @Override
    public void close() {
        worker.close();
        closePools();
    }

    private void closePools() {
        dataSource.close();
        spare.close();
    }
}
