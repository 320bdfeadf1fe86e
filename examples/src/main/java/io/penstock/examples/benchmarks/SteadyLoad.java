package io.penstock.examples.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.penstock.JobQueue;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.worker.Worker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that enqueue as fast as they can, and a worker that keeps up: they pause while they are far ahead of it. */
final class SteadyLoad implements AutoCloseable {

    private static final String QUEUE = "cycle";
    private static final int BATCH = 100;
    private static final long MOST_AHEAD = 20_000;

    private final BenchDatabase database;
    private final HikariDataSource pool;
    private final Completions completions = new Completions();
    private final AtomicLong enqueued = new AtomicLong();
    private final ExecutorService threads;
    private final List<Future<?>> clients = new ArrayList<>();
    private final Worker worker;
    private volatile boolean stopping;

    private SteadyLoad(BenchDatabase database, int slots, int count) {
        this.database = database;
        this.pool = database.pool(count);
        this.threads = Executors.newFixedThreadPool(count);
        this.worker = Worker.on(database.jobQueue())
                .name("cycle")
                .capacity(slots)
                .queue(QueueDefinition.of(QUEUE, 0, slots, 1))
                .handle(Tasks.TYPE, context -> Outcome.completed())
                .listener(completions)
                .start();
    }

    static SteadyLoad start(BenchDatabase database, int slots, int clients) {
        SteadyLoad load = new SteadyLoad(database, slots, clients);
        JobQueue jobQueue = JobQueue.on(load.pool);
        for (int number = 0; number < clients; number++) {
            load.clients.add(load.threads.submit(() -> load.enqueue(jobQueue)));
        }
        return load;
    }

    long completed() {
        return completions.count();
    }

    long enqueued() {
        return enqueued.get();
    }

    /** Clients never end by themselves: one that did has failed. */
    void check() throws InterruptedException {
        for (Future<?> client : clients) {
            if (client.isDone()) {
                try {
                    client.get();
                } catch (ExecutionException failure) {
                    throw new IllegalStateException("an enqueuing client failed", failure.getCause());
                }
            }
        }
    }

    /** How long it takes until "live" is below a size, while the load goes on; not a number if it takes too long. */
    double secondsUntilLiveBelow(long bytes, Duration patience) throws SQLException, InterruptedException {
        long start = System.nanoTime();
        try (Connection connection = database.connect()) {
            while (System.nanoTime() - start < patience.toNanos()) {
                if (PhaseWatch.sizes(connection).live() < bytes) {
                    return (System.nanoTime() - start) / 1e9;
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
        return Double.NaN;
    }

    long lost() throws SQLException {
        return enqueued.get()
                - database.number("SELECT count(DISTINCT id) FROM penstock.finished WHERE state = 'completed'");
    }

    long completedTwice() throws SQLException {
        return database.number("""
                SELECT count(*) - count(DISTINCT (id, generation)) FROM penstock.finished WHERE state = 'completed'
                """);
    }

    private void enqueue(JobQueue jobQueue) {
        while (!stopping) {
            if (enqueued.get() - completions.count() > MOST_AHEAD) {
                pause();
            } else {
                jobQueue.enqueue(Tasks.batch(QUEUE, 0, BATCH));
                enqueued.addAndGet(BATCH);
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(1);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the clients, lets the worker finish what is there, and ends it. */
    @Override
    public void close() throws InterruptedException {
        stopping = true;
        threads.shutdown();
        if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
            threads.shutdownNow();
        }
        completions.await(enqueued.get());
        worker.close();
        pool.close();
    }
}
