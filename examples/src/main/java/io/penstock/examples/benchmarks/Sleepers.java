package io.penstock.examples.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Whether the worker of a queue is on the list of sleepers: waited for before a slice, looked at during it. */
final class Sleepers {

    private static final long PATIENCE = TimeUnit.MINUTES.toNanos(5);
    private static final int LOOK_MILLIS = 20;
    private static final String LOOK =
            "SELECT count(*) FROM penstock.sleeper JOIN penstock.queue USING (queue_id) WHERE name = ?";

    private final BenchDatabase database;
    private final String queue;
    private final boolean waits;
    private long looks;
    private long asleep;

    /**
     * The sleepers of a queue.
     *
     * @param waits whether a slice begins only when the worker sleeps
     */
    Sleepers(BenchDatabase database, String queue, boolean waits) {
        this.database = database;
        this.queue = queue;
        this.waits = waits;
    }

    /** The share of looks at which the worker slept. */
    double share() {
        return looks == 0 ? 0 : (double) asleep / looks;
    }

    /** Runs a slice from rest, if that is wanted, and looks at the list all the while. */
    <T> T during(Callable<T> slice) throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection connection = database.connect()) {
            awaitRest(connection);
            Future<T> running = thread.submit(slice);
            while (!running.isDone()) {
                looks++;
                asleep += BenchDatabase.number(connection, LOOK, queue) > 0 ? 1 : 0;
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
            return running.get();
        } finally {
            thread.shutdownNow();
        }
    }

    /** Runs a slice from rest, if that is wanted. */
    <T> T rested(Callable<T> slice) throws Exception {
        try (Connection connection = database.connect()) {
            awaitRest(connection);
        }
        return slice.call();
    }

    private void awaitRest(Connection connection) throws SQLException, InterruptedException {
        long start = System.nanoTime();
        while (waits && BenchDatabase.number(connection, LOOK, queue) == 0) {
            if (System.nanoTime() - start > PATIENCE) {
                throw new IllegalStateException(
                        "expected the worker to work off its queue and fall asleep, it did not");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }
}
