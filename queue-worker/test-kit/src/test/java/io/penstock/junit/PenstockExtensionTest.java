package io.penstock.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.handler.AttemptTimeoutException;
import io.penstock.handler.HandlerOptions;
import io.penstock.handler.JobHandler;
import io.penstock.job.JobBatch;
import io.penstock.job.JobRow;
import io.penstock.job.JobSnapshot;
import io.penstock.job.JobState;
import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.job.RetryPolicy;
import io.penstock.operate.QueueOperations;
import io.penstock.schedule.Cron;
import io.penstock.schedule.ScheduleDefinition;
import io.penstock.worker.Worker;
import io.penstock.worker.WorkerBuilder;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a service's test can rely on. */
class PenstockExtensionTest {

    record Welcome(String email) {}

    private static final JobType<Welcome> WELCOME =
            JobType.of("welcome", Welcome.class).onQueue("mail");
    private static final Welcome ADA = new Welcome("ada@example.org");
    private static final Welcome GRACE = new Welcome("grace@example.org");

    @RegisterExtension
    static final PenstockExtension penstock = PenstockExtension.create()
            .queues("mail", "other")
            .prepare(dataSource -> execute(dataSource.getConnection(), "CREATE TABLE sent (email text)"));

    private static void execute(Connection connection, String sql) throws SQLException {
        try (connection;
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long sent() throws SQLException {
        try (Connection connection = penstock.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM sent")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static WorkerBuilder worker(JobHandler<Welcome> handler, HandlerOptions options) {
        return Worker.on(penstock.jobs())
                .queue(QueueDefinition.of("mail", 1, 4, 1))
                .handle(WELCOME, handler, options);
    }

    private static WorkerBuilder worker(JobHandler<Welcome> handler) {
        return worker(handler, HandlerOptions.DEFAULT);
    }

    private static UUID enqueue(Welcome payload) {
        return penstock.jobs().enqueue(WELCOME.with(payload)).id();
    }

    @RepeatedTest(2)
    void eachTestBeginsWithWhatWasPreparedAndNothingElse() throws SQLException {
        assertThat(sent()).isZero();
        assertThat(penstock.enqueued()).isEmpty();
        execute(penstock.dataSource().getConnection(), "INSERT INTO sent VALUES ('ada')");
        enqueue(ADA);
        penstock.advance(Duration.ofDays(1));
        assertThat(sent()).isEqualTo(1);
    }

    @Nested
    class Inside {
        @Test
        void aNestedClassSharesTheTemplate() throws SQLException {
            assertThat(sent()).isZero();
        }
    }

    @Test
    void whatIsEnqueuedIsShownByTypeAndQueueInOrder() {
        enqueue(ADA);
        penstock.jobs().enqueue(WELCOME.with(GRACE).runAt(penstock.now().plusSeconds(60)));
        penstock.jobs()
                .enqueue(JobType.of("other", Welcome.class).onQueue("other").with(ADA));
        UUID cancelled = enqueue(ADA);
        penstock.jobs().cancel(cancelled, "not wanted");

        assertThat(penstock.enqueued(WELCOME)).containsExactly(ADA, GRACE);
        assertThat(penstock.enqueued()).extracting(JobRow::type).containsExactly("welcome", "welcome", "other");
        assertThat(penstock.enqueuedOn("other")).extracting(JobRow::state).containsExactly(JobState.AVAILABLE);
        assertThatThrownBy(() -> penstock.assertEnqueued(WELCOME))
                .isInstanceOf(AssertionError.class)
                .hasMessage(
                        "job type \"welcome\": expected one job that has not ended, found 2; enqueued are welcome on mail"
                                + " (available), welcome on mail (scheduled), other on other (available)");
    }

    @Test
    void aPayloadOfAnOlderVersionIsReadAsAWorkerWould() {
        record Old(String name) {}
        penstock.jobs().enqueue(JobType.of("welcome", Old.class).onQueue("mail").with(new Old("ada")));
        JobType<Welcome> today =
                WELCOME.version(2).upcast(1, Old.class, old -> new Welcome(old.name() + "@example.org"));
        penstock.jobs().enqueue(today.with(GRACE));

        assertThat(penstock.enqueued(today)).containsExactly(ADA, GRACE);
    }

    @Test
    void aJobRunsOnTheTestsThreadOneAtATime() {
        UUID first = enqueue(ADA);
        enqueue(GRACE);
        List<Thread> threads = new ArrayList<>();

        JobSnapshot done = penstock.runOne(WELCOME, context -> {
                    threads.add(Thread.currentThread());
                    return Outcome.completed(context.payload());
                })
                .orElseThrow();

        assertThat(done.id()).isEqualTo(first);
        assertThat(done.state()).isEqualTo(JobState.COMPLETED);
        assertThat(done.result()).contains("ada@example.org");
        assertThat(threads).containsExactly(Thread.currentThread());
        assertThat(penstock.assertEnqueued(WELCOME)).isEqualTo(GRACE);
    }

    @Test
    void jobsThatJobsEnqueueRunUntilNoneIsDue() {
        enqueue(ADA);
        WorkerBuilder worker = worker(context -> {
            if (context.payload().equals(ADA)) {
                enqueue(GRACE);
            }
            return Outcome.completed();
        });

        assertThat(penstock.runUntilIdle(worker))
                .extracting(JobSnapshot::state)
                .containsExactly(JobState.COMPLETED, JobState.COMPLETED);
        assertThat(penstock.runOne(worker)).isEmpty();
    }

    @Test
    void theStepOfABatchRunsAfterAllOfItsJobsInOneRun() {
        Welcome last = new Welcome("all@example.org");
        penstock.jobs()
                .enqueue(JobBatch.of(List.of(WELCOME.with(ADA), WELCOME.with(GRACE), WELCOME.with(ADA)))
                        .whenCompleted(WELCOME.with(last)));
        List<Welcome> ran = new ArrayList<>();
        penstock.runUntilIdle(worker(context -> {
            ran.add(context.payload());
            return Outcome.completed();
        }));
        assertThat(ran).containsExactly(ADA, GRACE, ADA, last);
    }

    @Test
    void theNextStepOfAChainIsEnqueuedByTheRunThatEndsTheOneBefore() {
        penstock.jobs().enqueue(JobBatch.of(WELCOME.with(ADA)).whenCompleted(WELCOME.with(GRACE)));
        penstock.runOne(worker(context -> {
            try (Connection connection = penstock.dataSource().getConnection()) {
                context.complete(connection);
            }
            return Outcome.completed();
        }));
        assertThat(penstock.assertEnqueued(WELCOME)).isEqualTo(GRACE);
    }

    @Test
    void aBatchWhoseJobWasCancelledFromOutsideGoesOnWhenTheClockHasMoved() {
        NewJob<Welcome> unwanted = WELCOME.with(ADA);
        penstock.jobs().enqueue(JobBatch.of(unwanted).whenEnded(WELCOME.with(GRACE)));
        penstock.jobs().cancel(unwanted.id(), "not wanted");
        WorkerBuilder worker = worker(context -> Outcome.completed());
        penstock.advance(Duration.ofMinutes(1));
        assertThat(penstock.runUntilIdle(worker)).extracting(JobSnapshot::state).containsExactly(JobState.COMPLETED);
    }

    @Test
    void jobsWithoutAnEndAreToldAsSuch() {
        enqueue(ADA);
        assertThatThrownBy(() -> penstock.runUntilIdle(worker(context -> Outcome.yielded()), 3))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("within 3 attempts");
    }

    @Test
    void aFailedJobIsDueAgainWhenItsRetryPolicySays() {
        UUID id = enqueue(ADA);
        WorkerBuilder worker = worker(
                context -> {
                    if (context.attempt().number() == 1) {
                        throw new IllegalStateException("no mail server");
                    }
                    return Outcome.completed();
                },
                HandlerOptions.DEFAULT.retryPolicy(RetryPolicy.fixed(Duration.ofDays(30))));

        JobSnapshot failed = penstock.runOne(worker).orElseThrow();
        assertThat(failed.state()).isEqualTo(JobState.RETRYABLE);
        assertThat(failed.failures()).contains("no mail server");
        penstock.advance(Duration.ofDays(29));
        assertThat(penstock.runOne(worker)).isEmpty();
        penstock.advance(Duration.ofDays(1));
        assertThat(penstock.runOne(worker)).get().extracting(JobSnapshot::state).isEqualTo(JobState.COMPLETED);
        assertThat(penstock.jobs().find(id).orElseThrow().attempts()).isEqualTo(2);
    }

    @Test
    void aScheduledJobIsDueWhenTheClockSays() {
        penstock.jobs().enqueue(WELCOME.with(ADA).runAt(penstock.now().plusSeconds(3_600)));
        WorkerBuilder worker = worker(context -> Outcome.completed());
        assertThat(penstock.runUntilIdle(worker)).isEmpty();
        penstock.advance(Duration.ofHours(1));
        assertThat(penstock.runUntilIdle(worker)).hasSize(1);
    }

    @Test
    void aScheduleMakesItsJobWhenTheClockHasPassedATick() {
        List<String> ran = new ArrayList<>();
        WorkerBuilder worker = worker(context -> {
                    ran.add(context.metadata().get("schedule"));
                    return Outcome.completed();
                })
                .schedule(ScheduleDefinition.of("hourly", Cron.utc("0 * * * *"), WELCOME.with(ADA)));
        penstock.runUntilIdle(worker);
        ran.clear();
        penstock.advance(Duration.ofHours(1));
        penstock.runUntilIdle(worker);
        assertThat(ran).containsExactly("hourly");
    }

    @Test
    void middlewareAndTheMeaningOfExceptionsAreThoseOfTheWorker() {
        enqueue(ADA);
        List<String> order = new ArrayList<>();
        WorkerBuilder worker = worker(
                        context -> {
                            order.add("handler");
                            throw new UnsupportedOperationException();
                        },
                        HandlerOptions.DEFAULT.on(
                                UnsupportedOperationException.class, error -> Outcome.discarded("no such customer")))
                .middleware((context, next) -> {
                    order.add("middleware");
                    return next.run();
                });

        JobSnapshot ended = penstock.runOne(worker).orElseThrow();
        assertThat(ended.state()).isEqualTo(JobState.DISCARDED);
        assertThat(ended.reason()).isEqualTo("no such customer");
        assertThat(order).containsExactly("middleware", "handler");
    }

    @Test
    void aHandlerOverItsTimeoutIsInterruptedAndTheTestIsNot() {
        enqueue(ADA);
        JobSnapshot failed = penstock.runOne(worker(
                        context -> {
                            new CountDownLatch(1).await();
                            return Outcome.completed();
                        },
                        HandlerOptions.DEFAULT.timeout(Duration.ofMillis(1))))
                .orElseThrow();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(failed.failures()).contains(AttemptTimeoutException.class.getName());
    }

    @Test
    void aPausedQueueIsPassedBy() {
        enqueue(ADA);
        QueueOperations queues = QueueOperations.unaudited(penstock.dataSource());
        queues.pause("mail", "the test", null);
        WorkerBuilder worker = worker(context -> Outcome.completed());
        assertThat(penstock.runOne(worker)).isEmpty();
        queues.resume("mail");
        assertThat(penstock.runOne(worker)).isPresent();
    }

    @Test
    void aJobMayBeCompletedInTheHandlersOwnTransaction() throws SQLException {
        enqueue(ADA);
        JobSnapshot done = penstock.runOne(worker(context -> {
                    try (Connection connection = penstock.dataSource().getConnection()) {
                        connection.setAutoCommit(false);
                        connection.createStatement().execute("INSERT INTO sent VALUES ('ada')");
                        context.complete(connection);
                        connection.commit();
                    }
                    return Outcome.completed();
                }))
                .orElseThrow();
        assertThat(done.state()).isEqualTo(JobState.COMPLETED);
        assertThat(sent()).isEqualTo(1);
    }

    @Test
    void aHandlerThatLeavesItsTransactionOpenIsTold() throws SQLException {
        enqueue(ADA);
        try (Connection connection = penstock.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            WorkerBuilder worker = worker(context -> {
                context.complete(connection);
                return Outcome.completed();
            });
            assertThatThrownBy(() -> penstock.runOne(worker))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("its row is locked; expected the handler to have ended every transaction");
            connection.rollback();
        }
    }

    @Test
    void anExtensionOutsideATestSaysWhereItBelongs() {
        assertThatThrownBy(() -> PenstockExtension.create().dataSource())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("expected a static field with @RegisterExtension");
    }
}
