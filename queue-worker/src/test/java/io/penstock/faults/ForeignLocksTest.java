package io.penstock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.error.LockTimeoutException;
import io.penstock.faults.Work.Act;
import io.penstock.job.JobState;
import io.penstock.operate.Blocker;
import io.penstock.operate.BlockerOperations;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.Recovery;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** F34, F35, F38: locks of others on rows of the configuration, on a whole table, and those of a prepared transaction. */
class ForeignLocksTest {

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration AFTER_DDL = Duration.ofSeconds(2);

    @TempDir
    private Path directory;

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<UUID> some(Trial trial, int queue) {
        List<UUID> jobs = new ArrayList<>();
        for (int job = 0; job < 20; job++) {
            jobs.add(trial.enqueue(Act.QUICK, queue));
        }
        return jobs;
    }

    @Test
    void aRowOfTheConfigurationThatSomebodyHoldsStopsNoQueue() throws Exception {
        try (Trial trial = Trial.begin(directory);
                Connection foreign = trial.dataSource.getConnection()) {
            trial.start(trial.worker("one", trial.dataSource));
            trial.awaitState(trial.enqueue(Act.QUICK, 0), JobState.COMPLETED);
            foreign.setAutoCommit(false);
            run(foreign, "UPDATE penstock.queue SET weight = weight + 1 WHERE name = 'work-0'");
            run(foreign, "UPDATE penstock.allocation SET epoch = epoch");
            trial.awaitBeats("one", 3);
            List<UUID> jobs = some(trial, 0);
            jobs.addAll(some(trial, 1));
            jobs.forEach(job -> trial.awaitState(job, JobState.COMPLETED));
            Recovery.measured("F34", "let jobs wait for", trial.longestWait(), LOOK);
            foreign.rollback();
            trial.verify();
        }
    }

    @Test
    void aChangeOfATableThatWaitsStopsItsQueueOnlyAndForNoLongerThanItWaits() throws Exception {
        try (Trial trial = Trial.begin(directory);
                Connection reader = trial.dataSource.getConnection()) {
            trial.start(trial.worker("one", trial.dataSource));
            trial.awaitState(trial.enqueue(Act.QUICK, 0), JobState.COMPLETED);
            reader.setAutoCommit(false);
            run(reader, "SELECT count(*) FROM " + trial.leaf(0));
            CompletableFuture<Void> change = CompletableFuture.runAsync(() -> {
                try (Connection other = trial.dataSource.getConnection()) {
                    other.setAutoCommit(false);
                    run(other, "LOCK TABLE " + trial.leaf(0) + " IN ACCESS EXCLUSIVE MODE");
                    other.rollback();
                } catch (SQLException failure) {
                    throw new IllegalStateException(failure);
                }
            });
            trial.await(
                    "somebody waits for the whole table",
                    () -> trial.number(
                                    "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'")
                            > 0);
            List<UUID> others = some(trial, 1);
            others.forEach(job -> trial.awaitState(job, JobState.COMPLETED));
            Recovery.measured("F35", "let other queues wait for", trial.longestWait(), LOOK);
            assertThatThrownBy(() -> trial.enqueue(Act.QUICK, 0)).isInstanceOf(LockTimeoutException.class);
            trial.awaitBeats("one", 2);
            Recovery recovery = Recovery.from("F35", AFTER_DDL);
            reader.rollback();
            change.get();
            trial.awaitState(trial.enqueue(Act.QUICK, 0), JobState.COMPLETED);
            recovery.ended();
            trial.verify();
        }
    }

    @Test
    void aPreparedTransactionThatNobodyEndsIsPassedByAndNamed() throws Exception {
        try (PenstockDatabase database = PenstockDatabase.create("prepared", true);
                Trial trial = Trial.begin(database.dataSource(), directory)) {
            assumeTrue(
                    trial.number("SELECT current_setting('max_prepared_transactions')::integer") > 0,
                    "needs a server with max_prepared_transactions above 0");
            trial.jobQueue.declare(Trial.queue("work-0"));
            UUID held = trial.enqueue(Act.QUICK, 0);
            try (Connection foreign = trial.dataSource.getConnection()) {
                foreign.setAutoCommit(false);
                run(foreign, "SELECT FROM " + trial.leaf(0) + " WHERE id = '" + held + "' FOR UPDATE");
                run(foreign, "PREPARE TRANSACTION 'orphan'");
            }
            trial.start(trial.worker("one", trial.dataSource));
            List<UUID> others = some(trial, 0);
            others.forEach(job -> trial.awaitState(job, JobState.COMPLETED));
            assertThat(trial.jobQueue.find(held).orElseThrow().state()).isEqualTo(JobState.AVAILABLE);
            try (Connection waiter = trial.dataSource.getConnection()) {
                CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> {
                    try {
                        run(waiter, "SELECT FROM " + trial.leaf(0) + " WHERE id = '" + held + "' FOR UPDATE");
                    } catch (SQLException failure) {
                        throw new IllegalStateException(failure);
                    }
                });
                BlockerOperations blockers = BlockerOperations.on(trial.dataSource, "test");
                trial.await("it is seen to block", () -> !blockers.list().isEmpty());
                Blocker blocker = blockers.list().get(0);
                assertThat(blocker.id()).isEqualTo("gid:orphan");
                assertThat(blocker.holder()).contains("prepared transaction \"orphan\"", " ago");
                Recovery recovery = Recovery.from("F38", LOOK);
                blockers.end(blocker.id(), true);
                waiting.get();
                trial.awaitState(held, JobState.COMPLETED);
                recovery.ended();
            }
            trial.verify();
        }
    }
}
