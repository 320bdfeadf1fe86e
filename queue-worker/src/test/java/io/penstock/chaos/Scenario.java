package io.penstock.chaos;

import io.penstock.JobQueue;
import io.penstock.job.Attempt;
import io.penstock.job.NewJob;
import io.penstock.store.ClaimStore;
import io.penstock.store.ClaimedJob;
import io.penstock.store.CompletionStore;
import io.penstock.store.Ending;
import io.penstock.store.Leaf;
import io.penstock.store.Range;
import io.penstock.store.WorkerStore;
import io.penstock.store.WorkerStore.WorkerSeen;
import io.penstock.testkit.Ledger;
import io.penstock.testkit.Ledger.Kind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * An ordering of steps that a seeded bug turns into a broken promise, and that is harmless without it. Runs in a JVM of
 * its own, in which the bug's statement may stand before the real one on the class path.
 */
final class Scenario {

    private final DataSource dataSource;
    private final Ledger ledger;
    private final Leaf leaf;

    private Scenario(DataSource dataSource, Ledger ledger, int queueId) {
        this.dataSource = dataSource;
        this.ledger = ledger;
        this.leaf = new Leaf(queueId, 0);
    }

    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource dataSource = WorkerProcess.login(arguments);
        JobQueue jobQueue = JobQueue.on(dataSource);
        Task.QUEUES.forEach(jobQueue::declare);
        try (Ledger ledger = new Ledger(Path.of(arguments[3]))) {
            NewJob<Task> job = Task.QUICK.with(new Task(1));
            ledger.enqueue(Kind.INVOKE, "one", List.of(job.id()));
            jobQueue.enqueue(job);
            ledger.enqueue(Kind.OK, "one", List.of(job.id()));
            Scenario scenario = new Scenario(dataSource, ledger, 1);
            switch (arguments[4]) {
                case "complete-without-token" -> scenario.aWorkerTakenForDeadCompletesWhatAnotherRuns();
                case "rescue-without-recheck" -> scenario.aJobIsHandedOnWhileItsFirstWorkerIsRescued();
                default -> throw new IllegalArgumentException("no scenario " + arguments[4]);
            }
        }
    }

    private void aWorkerTakenForDeadCompletesWhatAnotherRuns() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            long first = register(connection, "first");
            long second = register(connection, "second");
            Attempt stale = claim(connection, first);
            lose(connection, first);
            WorkerStore.rescue(
                    connection,
                    leaf,
                    new Range(new long[4], ClaimStore.ceilings(connection, leaf.queueId())),
                    first,
                    "{}");
            Attempt current = claim(connection, second);
            complete(connection, stale);
            complete(connection, current);
        }
    }

    private void aJobIsHandedOnWhileItsFirstWorkerIsRescued() throws Exception {
        try (Connection connection = dataSource.getConnection();
                Connection rescuer = dataSource.getConnection()) {
            long first = register(connection, "first");
            long second = register(connection, "second");
            Attempt released = claim(connection, first);
            lose(connection, first);
            long[] ceilings = ClaimStore.ceilings(connection, leaf.queueId());

            connection.setAutoCommit(false);
            CompletionStore.release(connection, leaf, List.of(released));
            Attempt current = claim(connection, second);
            CompletableFuture<Void> rescue = CompletableFuture.runAsync(() -> {
                try {
                    WorkerStore.rescue(rescuer, leaf, new Range(new long[4], ceilings), first, "{}");
                } catch (SQLException failure) {
                    throw new IllegalStateException(failure);
                }
            });
            awaitEndOrLock(rescue);
            connection.commit();
            rescue.get(30, TimeUnit.SECONDS);
            connection.setAutoCommit(true);

            complete(connection, current);
            for (Attempt more = tryClaim(connection, second); more != null; more = tryClaim(connection, second)) {
                complete(connection, more);
            }
        }
    }

    private static long register(Connection connection, String name) throws SQLException {
        return WorkerStore.register(connection, name, Duration.ofSeconds(15));
    }

    /** The attempt claimed, or null if nothing is available. */
    private @Nullable Attempt tryClaim(Connection connection, long workerId) throws SQLException {
        List<ClaimedJob> claimed = ClaimStore.claim(connection, leaf, workerId, new long[4], 1);
        if (claimed.isEmpty()) {
            return null;
        }
        ClaimStore.raiseCeiling(connection, leaf.queueId(), claimed.get(0).priority(), 1_000);
        return claimed.get(0).attempt();
    }

    private Attempt claim(Connection connection, long workerId) throws SQLException {
        Attempt attempt = tryClaim(connection, workerId);
        if (attempt == null) {
            throw new IllegalStateException("worker " + workerId + " found nothing to claim");
        }
        return attempt;
    }

    private void complete(Connection connection, Attempt attempt) throws SQLException {
        boolean changed = !CompletionStore.finish(connection, leaf, List.of(Ending.completed(attempt)))
                .isEmpty();
        ledger.ending(changed ? Kind.OK : Kind.FAIL, attempt, "completed");
    }

    private void lose(Connection connection, long workerId) throws SQLException {
        if (!WorkerStore.fence(
                connection, new WorkerSeen(workerId, "first", false, 0, Duration.ofSeconds(15), true, Duration.ZERO))) {
            throw new IllegalStateException("worker " + workerId + " could not be fenced");
        }
        ledger.lostWorker(workerId);
    }

    /** Until the rescue has ended, or waits for the job's row: the two ways that it can go. */
    private void awaitEndOrLock(CompletableFuture<Void> rescue) throws SQLException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            while (!rescue.isDone() && System.nanoTime() < deadline) {
                try (ResultSet row = statement.executeQuery("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
                    row.next();
                    if (row.getInt(1) > 0) {
                        return;
                    }
                }
            }
        }
    }
}
