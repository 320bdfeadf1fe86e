package io.penstock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.error.IndeterminateException;
import io.penstock.error.IndeterminateException.Resolution;
import io.penstock.faults.Work.Act;
import io.penstock.job.JobState;
import io.penstock.job.NewJob;
import io.penstock.operate.AlertOperations;
import io.penstock.testkit.Ledger.Kind;
import io.penstock.testkit.Recovery;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** F18: the synchronous standby is gone, and every COMMIT waits for it. */
class StandbyFaultTest {

    /** The network limit, a second for asking what became of it, and a connection for that. */
    private static final Duration TOLD = Duration.ofSeconds(10);

    private static final Duration AFTER = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    private static void admin(Trial trial, String sql) throws SQLException {
        try (Connection connection = trial.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit = local");
            statement.execute(sql);
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    @AfterEach
    void noStandby() throws Exception {
        try (Trial trial = Trial.begin(directory)) {
            admin(trial, "ALTER SYSTEM RESET synchronous_standby_names");
        }
    }

    @Test
    void commitsThatWaitForAStandbyAreBoundedToldAndResolvedWhenItIsOver() throws Exception {
        try (Trial trial = Trial.begin(directory)) {
            trial.start(trial.worker("one", trial.dataSource));
            trial.awaitState(trial.enqueue(Act.QUICK, 0), JobState.COMPLETED);
            admin(
                    trial,
                    "ALTER DATABASE " + trial.query("SELECT current_database()").get(0)
                            + " SET synchronous_commit = on");
            admin(trial, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
            trial.await(
                    "the server expects it",
                    () -> trial.query("SHOW synchronous_standby_names").get(0).equals("nobody"));

            NewJob<Work> job = Work.TYPE.with(Work.of(Act.QUICK)).queue("work-0");
            trial.record(Kind.INVOKE, job.id());
            long begun = System.nanoTime();
            CompletableFuture<IndeterminateException> told = CompletableFuture.supplyAsync(() -> enqueue(trial, job));
            trial.await(
                    "an alert names it",
                    () -> AlertOperations.unaudited(trial.dataSource).list(false, 10).stream()
                            .anyMatch(alert -> alert.key().equals("blocked/page/standby")
                                    && alert.sentence().contains("SyncRep")));
            IndeterminateException unknown = told.get();
            Recovery.measured("F18", "told its caller after", Duration.ofNanos(System.nanoTime() - begun), TOLD);

            Recovery recovery = Recovery.from("F18", AFTER);
            admin(trial, "ALTER SYSTEM RESET synchronous_standby_names");
            assertThat(unknown.resolve()).isEqualTo(Resolution.COMMITTED);
            trial.record(Kind.OK, job.id());
            UUID after = trial.enqueue(Act.QUICK, 1);
            trial.awaitState(job.id(), JobState.COMPLETED);
            trial.awaitState(after, JobState.COMPLETED);
            recovery.ended();
            trial.verify();
        }
    }

    private static IndeterminateException enqueue(Trial trial, NewJob<Work> job) {
        try {
            trial.jobQueue.enqueue(job);
            throw new AssertionError("expected a commit that is not answered, was answered");
        } catch (IndeterminateException unknown) {
            return unknown;
        }
    }
}
