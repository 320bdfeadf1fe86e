package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.error.LeaseLostException;
import io.penstock.handler.HandlerOptions;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobSnapshot;
import io.penstock.job.JobState;
import io.penstock.job.JobType;
import io.penstock.job.Limits;
import io.penstock.job.Outcome;
import io.penstock.job.RetryPolicy;
import io.penstock.run.UnknownTypePolicy;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each way in which an attempt can end, and where the job is then. */
@PenstockDatabase.Fresh
class OutcomeTest {

    record Unknown(int number) {}

    private static final HandlerOptions AT_ONCE = HandlerOptions.DEFAULT.retryPolicy(RetryPolicy.fixed(Duration.ZERO));

    private final PenstockDatabase database;
    private final Scene scene;

    OutcomeTest(PenstockDatabase database) {
        this.database = database;
        this.scene = new Scene(database);
    }

    @ParameterizedTest
    @CsvSource({"3, 999", "20, 3"})
    void aFailedAttemptIsRetriedUntilItsMaximumAndThenDiscardedWithItsFailures(int ofJob, int ofHandler) {
        UUID id = scene.jobQueue
                .enqueue(scene.type.with(new Scene.Item(1)).maxAttempts(ofJob))
                .id();
        try (Worker worker = scene.worker()
                .handle(
                        scene.type,
                        context -> {
                            assertThat(context.maxAttempts()).isEqualTo(3);
                            throw new IllegalStateException(
                                    "broken " + context.attempt().number() + " \u0000 \ud800");
                        },
                        AT_ONCE.maxAttempts(ofHandler))
                .start()) {
            scene.awaitState(id, JobState.DISCARDED);
        }
        JobSnapshot job = scene.jobQueue.find(id).orElseThrow();
        assertThat(job.attempts()).isEqualTo(3);
        assertThat(job.reason()).contains("last of 3 attempts");
        assertThat(job.failures()).contains("broken 1", "broken 2", "broken 3", "IllegalStateException", "OutcomeTest");
    }

    @Test
    void aSnoozeCostsNoAttempt() {
        UUID id = scene.jobQueue
                .enqueue(scene.type.with(new Scene.Item(1)).maxAttempts(1))
                .id();
        AtomicInteger runs = new AtomicInteger();
        try (Worker worker = scene.worker()
                .handle(
                        scene.type,
                        context -> runs.incrementAndGet() < 4 ? Outcome.snoozed(Duration.ZERO) : Outcome.completed())
                .start()) {
            scene.awaitState(id, JobState.COMPLETED);
        }
        assertThat(scene.jobQueue.find(id).orElseThrow().attempts()).isEqualTo(1);
        assertThat(runs).hasValue(4);
    }

    record Sent(String messageId, String text) {}

    @Test
    void aResultIsKeptWithTheCompletedJobAndOneThatIsTooLargeIsNoReasonToRunItAgain() {
        UUID kept = scene.enqueue(1);
        UUID tooLarge = scene.enqueue(2);
        UUID none = scene.enqueue(3);
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> switch (context.payload().number()) {
                    case 1 -> Outcome.completed(new Sent("m-1", "hello"));
                    case 2 -> Outcome.completed(new Sent("m-2", "x".repeat(Limits.RESULT_BYTES)));
                    default -> Outcome.completed();
                })
                .start()) {
            scene.awaitState(kept, JobState.COMPLETED);
            scene.awaitState(tooLarge, JobState.COMPLETED);
            scene.awaitState(none, JobState.COMPLETED);
        }
        assertThat(scene.jobQueue.find(kept).orElseThrow().result()).contains("\"messageId\": \"m-1\"");
        assertThat(scene.jobQueue.find(kept).orElseThrow().failures()).isEqualTo("[]");
        assertThat(scene.jobQueue.find(tooLarge).orElseThrow().result()).contains("not_kept", "at most 65536 bytes");
        assertThat(scene.jobQueue.find(tooLarge).orElseThrow().attempts()).isEqualTo(1);
        assertThat(scene.jobQueue.find(none).orElseThrow().result()).isNull();
    }

    @Test
    void aHandlerMayDiscardOrCancel() {
        UUID discarded = scene.enqueue(1);
        UUID cancelled = scene.enqueue(2);
        try (Worker worker = scene.worker()
                .handle(
                        scene.type,
                        context -> context.payload().number() == 1
                                ? Outcome.discarded("no such customer")
                                : Outcome.cancelled("no longer wanted"))
                .start()) {
            scene.awaitState(discarded, JobState.DISCARDED);
            scene.awaitState(cancelled, JobState.CANCELLED);
        }
        assertThat(scene.jobQueue.find(discarded).orElseThrow().reason()).isEqualTo("no such customer");
        assertThat(scene.jobQueue.find(cancelled).orElseThrow().reason()).isEqualTo("no longer wanted");
    }

    @Test
    void aHandlerThatReturnsNothingHasFailed() {
        UUID id = scene.jobQueue
                .enqueue(scene.type.with(new Scene.Item(1)).maxAttempts(1))
                .id();
        try (Worker worker =
                scene.worker().handle(scene.type, OutcomeTest::nothing).start()) {
            scene.awaitState(id, JobState.DISCARDED);
        }
        assertThat(scene.jobQueue.find(id).orElseThrow().failures()).contains("returned null");
    }

    @SuppressWarnings({"NullAway", "UnusedVariable"})
    private static Outcome nothing(io.penstock.handler.JobContext<Scene.Item> context) {
        return null;
    }

    @Test
    void anErrorEndsTheAttemptAndNotTheWorker() {
        UUID deep = scene.jobQueue
                .enqueue(scene.type.with(new Scene.Item(0)).maxAttempts(1))
                .id();
        UUID next = scene.enqueue(1);
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> {
                    if (context.payload().number() == 0) {
                        throw new StackOverflowError("as from a bottomless recursion");
                    }
                    return Outcome.completed();
                })
                .start()) {
            scene.awaitState(deep, JobState.DISCARDED);
            scene.awaitState(next, JobState.COMPLETED);
        }
    }

    @Test
    void anExceptionThatCannotEvenBeDescribedFreesItsSlot() {
        UUID odd = scene.jobQueue
                .enqueue(scene.type.with(new Scene.Item(0)).maxAttempts(1))
                .id();
        UUID next = scene.enqueue(1);
        try (Worker worker = scene.worker(ConcurrencyBudget.spare(1))
                .handle(scene.type, context -> {
                    if (context.payload().number() == 0) {
                        throw new IllegalStateException() {
                            @Override
                            public String getMessage() {
                                throw new UnsupportedOperationException("not even this");
                            }
                        };
                    }
                    return Outcome.completed();
                })
                .start()) {
            scene.awaitState(odd, JobState.DISCARDED);
            scene.awaitState(next, JobState.COMPLETED);
        }
    }

    @Test
    void aPayloadThatDoesNotDecodeIsDiscardedAtOnceWithWhatWasExpected() throws Exception {
        database.execute("SELECT penstock.enqueue('" + scene.type.queue() + "', 'item', '{\"number\": \"many\"}')");
        UUID id =
                UUID.fromString(database.query("SELECT id FROM " + scene.leaf()).get(0));
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> Outcome.completed())
                .start()) {
            scene.awaitState(id, JobState.DISCARDED);
        }
        JobSnapshot job = scene.jobQueue.find(id).orElseThrow();
        assertThat(job.reason()).contains("payload: expected Item(number)");
        assertThat(job.attempts()).isEqualTo(1);
    }

    @Test
    void aJobOfUnknownTypeWaitsOrIsDiscardedAsConfigured() {
        JobType<Unknown> unknown = JobType.of("unknown", Unknown.class).onQueue(scene.type.queue());
        UUID waits = scene.jobQueue.enqueue(unknown.with(new Unknown(1))).id();
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> Outcome.completed())
                .start()) {
            scene.awaitState(waits, JobState.SNOOZED);
        }
        assertThat(scene.jobQueue.find(waits).orElseThrow().attempts()).isZero();
        UUID discarded = scene.jobQueue.enqueue(unknown.with(new Unknown(2))).id();
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> Outcome.completed())
                .unknownTypes(UnknownTypePolicy.DISCARD)
                .start()) {
            scene.awaitState(discarded, JobState.DISCARDED);
        }
        assertThat(scene.jobQueue.find(discarded).orElseThrow().reason()).contains("\"unknown\"");
    }

    @Test
    void aHandlerCompletesItsJobTogetherWithItsEffectOrNeither() throws Exception {
        database.execute("CREATE TABLE effect (number integer)");
        AtomicInteger runs = new AtomicInteger();
        UUID id = scene.enqueue(1);
        try (Worker worker = scene.worker()
                .handle(
                        scene.type,
                        context -> {
                            try (Connection connection = database.connect()) {
                                connection.setAutoCommit(false);
                                try (var effect = connection.createStatement()) {
                                    effect.execute("INSERT INTO effect VALUES (1)");
                                }
                                context.complete(connection);
                                if (runs.incrementAndGet() == 1) {
                                    connection.rollback(); // the first attempt says that it is done, and is not
                                } else {
                                    connection.commit();
                                }
                            }
                            return Outcome.completed();
                        },
                        AT_ONCE)
                .start()) {
            scene.awaitState(id, JobState.COMPLETED);
        }
        assertThat(runs).hasValue(2);
        assertThat(database.number("SELECT count(*) FROM effect")).isEqualTo(1);
        assertThat(scene.jobQueue.find(id).orElseThrow().failures()).contains("rolled back");
    }

    @Test
    void anAttemptThatLostItsJobCannotCompleteItInItsOwnTransaction() throws Exception {
        UUID id = scene.enqueue(1);
        AtomicInteger refused = new AtomicInteger();
        try (Worker worker = scene.worker()
                .handle(
                        scene.type,
                        context -> {
                            if (context.attempt().leaseToken() == 1) {
                                database.execute("UPDATE " + scene.leaf()
                                        + " SET state = 'available', worker_id = NULL, position = position + 1000 WHERE id = '"
                                        + id + "'");
                            }
                            try (Connection connection = database.connect()) {
                                connection.setAutoCommit(false);
                                try {
                                    context.complete(connection);
                                    connection.commit();
                                } catch (LeaseLostException lost) {
                                    refused.incrementAndGet();
                                    connection.rollback();
                                    throw lost;
                                }
                            }
                            return Outcome.completed();
                        },
                        AT_ONCE)
                .start()) {
            scene.awaitState(id, JobState.COMPLETED);
        }
        assertThat(refused).hasValue(1);
    }

    @Test
    void aRunningJobWhoseCancellationWasAskedForGetsNoFurtherAttempt() {
        UUID id = scene.enqueue(1);
        try (Worker worker = scene.worker()
                .handle(
                        scene.type,
                        context -> {
                            scene.jobQueue.cancel(id, "asked for");
                            throw new IllegalStateException("fails after that");
                        },
                        AT_ONCE)
                .start()) {
            scene.awaitState(id, JobState.CANCELLED);
        }
        assertThat(scene.jobQueue.find(id).orElseThrow().attempts()).isEqualTo(1);
    }
}
