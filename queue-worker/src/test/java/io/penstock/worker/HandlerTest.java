package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import io.penstock.JobQueue;
import io.penstock.error.LeaseLostException;
import io.penstock.error.RefusedException;
import io.penstock.handler.HandlerOptions;
import io.penstock.handler.JobMiddleware;
import io.penstock.job.JobState;
import io.penstock.job.JobType;
import io.penstock.job.Outcome;
import io.penstock.job.RetryPolicy;
import io.penstock.observe.WorkerEvent.StaleEndingRefused;
import io.penstock.operate.QueueOperations;
import io.penstock.payload.JacksonPayloadSerializer;
import io.penstock.testkit.PenstockDatabase;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** What a handler is registered with, and what stands around it. */
@PenstockDatabase.Fresh
class HandlerTest {

    record Renamed(int count) {}

    private final PenstockDatabase database;
    private final Scene scene;

    HandlerTest(PenstockDatabase database) {
        this.database = database;
        this.scene = new Scene(database);
    }

    @Test
    void anExceptionMeansWhatTheNearestOfItsTypesWasSaidToMean() {
        HandlerOptions options = HandlerOptions.DEFAULT
                .retryPolicy(RetryPolicy.fixed(Duration.ZERO))
                .on(IOException.class, error -> Outcome.snoozed(Duration.ofHours(1)))
                .on(FileNotFoundException.class, error -> Outcome.discarded("no file " + error.getMessage()))
                .on(IllegalStateException.class, error -> {
                    throw new UnsupportedOperationException("the policy itself");
                });
        UUID snoozed = scene.enqueue(1);
        UUID discarded = scene.enqueue(2);
        UUID failed = scene.jobQueue
                .enqueue(scene.type.with(new Scene.Item(3)).maxAttempts(1))
                .id();
        try (Worker worker = scene.worker()
                .handle(
                        scene.type,
                        context -> {
                            switch (context.payload().number()) {
                                case 1 -> throw new java.io.EOFException("cut");
                                case 2 -> throw new FileNotFoundException("a.txt");
                                default -> throw new IllegalStateException("broken");
                            }
                        },
                        options)
                .start()) {
            scene.awaitState(snoozed, JobState.SNOOZED);
            scene.awaitState(discarded, JobState.DISCARDED);
            scene.awaitState(failed, JobState.DISCARDED);
        }
        assertThat(scene.jobQueue.find(discarded).orElseThrow().reason()).isEqualTo("no file a.txt");
        assertThat(scene.jobQueue.find(failed).orElseThrow().failures()).contains("the policy itself", "broken");
    }

    @Test
    void aFailureThatKnowsWhenItMayBeTriedAgainIsTriedThen() throws Exception {
        UUID id = scene.enqueue(1);
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> Outcome.failed(new IOException("503"), Duration.ofHours(2)))
                .start()) {
            scene.awaitState(id, JobState.RETRYABLE);
        }
        assertThat(database.number("SELECT extract(epoch FROM due_at - penstock.clock())::bigint FROM penstock.waiting"
                        + " WHERE id = '" + id + "'"))
                .isBetween(7_100L, 7_200L);
    }

    @Test
    void aJobThatYieldsIsAvailableAgainWithoutAnAttemptUsedUp() {
        UUID id = scene.jobQueue
                .enqueue(scene.type.with(new Scene.Item(1)).maxAttempts(1))
                .id();
        AtomicInteger runs = new AtomicInteger();
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> runs.incrementAndGet() < 3 ? Outcome.yielded() : Outcome.completed())
                .start()) {
            scene.awaitState(id, JobState.COMPLETED);
        }
        assertThat(runs).hasValue(3);
        assertThat(scene.jobQueue.find(id).orElseThrow().attempts()).isEqualTo(1);
    }

    @Test
    void middlewareStandsAroundTheHandlerInOrderAndMayAnswerForIt() {
        List<String> calls = new CopyOnWriteArrayList<>();
        JobMiddleware outer = (context, next) -> {
            calls.add("outer " + context.attempt().number());
            Outcome outcome = next.run();
            calls.add("outer done");
            return outcome;
        };
        JobMiddleware inner = (context, next) -> {
            calls.add("inner");
            return context.tags().contains("refused") ? Outcome.cancelled("by the middleware") : next.run();
        };
        try (Worker worker = scene.worker()
                .middleware(outer)
                .middleware(inner)
                .handle(scene.type, context -> {
                    calls.add("handler, job in MDC: "
                            + context.attempt().jobId().toString().equals(MDC.get("penstock.job")) + ", queue "
                            + context.queue().equals(MDC.get("penstock.queue")));
                    return Outcome.completed();
                })
                .start()) {
            scene.awaitState(scene.enqueue(1), JobState.COMPLETED);
            UUID refused = scene.jobQueue
                    .enqueue(scene.type.with(new Scene.Item(2)).tags("refused"))
                    .id();
            scene.awaitState(refused, JobState.CANCELLED);
        }
        assertThat(calls)
                .containsExactly(
                        "outer 1",
                        "inner",
                        "handler, job in MDC: true, queue true",
                        "outer done",
                        "outer 1",
                        "inner",
                        "outer done");
    }

    @Test
    void aJobOfANewerVersionWaitsForAWorkerThatKnowsItAndOlderOnesAreUpcast() {
        JobType<Renamed> second = JobType.of(scene.type.name(), Renamed.class)
                .onQueue(scene.type.queue())
                .version(2)
                .upcast(1, Scene.Item.class, old -> new Renamed(old.number()));
        UUID newer = scene.jobQueue.enqueue(second.with(new Renamed(7))).id();
        UUID older = scene.enqueue(6);
        List<Integer> counts = new CopyOnWriteArrayList<>();
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> Outcome.completed())
                .start()) {
            scene.awaitState(newer, JobState.SNOOZED);
            scene.awaitState(older, JobState.COMPLETED);
        }
        UUID another = scene.enqueue(5);
        try (Worker worker = scene.worker()
                .handle(second, context -> {
                    counts.add(context.payload().count());
                    return Outcome.completed();
                })
                .start()) {
            scene.awaitState(newer, JobState.COMPLETED);
            scene.awaitState(another, JobState.COMPLETED);
        }
        assertThat(counts).containsExactlyInAnyOrder(7, 5);
        assertThat(scene.jobQueue.find(newer).orElseThrow().attempts()).isEqualTo(1);
    }

    /** A registry whose tracer gives each observation that sends something a context of its own. */
    private static ObservationRegistry tracing(List<Observation.Context> stopped) {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {
            @Override
            public void onStart(Observation.Context context) {
                if (context instanceof SenderContext<?> sender) {
                    inject(sender);
                }
            }

            private <C> void inject(SenderContext<C> sender) {
                sender.getSetter().set(sender.getCarrier(), "traceparent", "00-1-2-01");
            }

            @Override
            public void onStop(Observation.Context context) {
                stopped.add(context);
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        return registry;
    }

    @Test
    void anAttemptContinuesTheTraceInWhichItsJobWasEnqueued() throws Exception {
        List<Observation.Context> stopped = new CopyOnWriteArrayList<>();
        ObservationRegistry registry = tracing(stopped);
        JobQueue observed = JobQueue.on(database.dataSource(), new JacksonPayloadSerializer(), registry);
        UUID id = observed.enqueue(scene.type.with(new Scene.Item(1))).id();
        try (Worker worker = scene.worker()
                .observations(registry)
                .handle(scene.type, context -> Outcome.discarded("for the test"))
                .start()) {
            scene.awaitState(id, JobState.DISCARDED);
        }
        assertThat(stopped).hasSize(2);
        assertThat(stopped.get(0).getName()).isEqualTo("penstock.enqueue");
        assertThat(stopped.get(0).getLowCardinalityKeyValues())
                .contains(KeyValue.of("penstock.queue", scene.type.queue()));
        assertThat(stopped.get(1)).isInstanceOfSatisfying(ReceiverContext.class, context -> {
            assertThat(context.getName()).isEqualTo("penstock.attempt");
            assertThat(context.getCarrier()).isEqualTo(Map.of("traceparent", "00-1-2-01"));
            assertThat(context.getLowCardinalityKeyValues())
                    .contains(
                            KeyValue.of("penstock.queue", scene.type.queue()),
                            KeyValue.of("penstock.outcome", "Discarded"));
            assertThat(context.getHighCardinalityKeyValues()).contains(KeyValue.of("penstock.job", id.toString()));
        });
    }

    record Position(int line) {}

    @Test
    void anAttemptGoesOnFromWhatTheOneBeforeKeptWithItsEffects() throws Exception {
        database.execute("CREATE TABLE IF NOT EXISTS imported (line integer)");
        UUID id = scene.enqueue(1);
        List<Integer> startedAt = new CopyOnWriteArrayList<>();
        try (Worker worker = scene.worker()
                .handle(
                        scene.type,
                        context -> {
                            try (Connection connection = database.connect()) {
                                connection.setAutoCommit(false);
                                int line = context.checkpoint(connection, Position.class)
                                        .map(Position::line)
                                        .orElse(0);
                                startedAt.add(line);
                                insert(connection, line + 1);
                                context.checkpoint(connection, new Position(line + 1));
                                connection.commit();
                                insert(connection, 99);
                                context.checkpoint(connection, new Position(99));
                                connection.rollback();
                            }
                            return startedAt.size() < 3 ? Outcome.failed(new IOException("cut")) : Outcome.completed();
                        },
                        HandlerOptions.DEFAULT.retryPolicy(RetryPolicy.fixed(Duration.ZERO)))
                .start()) {
            scene.awaitState(id, JobState.COMPLETED);
        }
        assertThat(startedAt).containsExactly(0, 1, 2);
        assertThat(database.query("SELECT line::text FROM imported ORDER BY line"))
                .containsExactly("1", "2", "3");
    }

    private static void insert(Connection connection, int line) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO imported VALUES (?)")) {
            statement.setInt(1, line);
            statement.executeUpdate();
        }
    }

    @Test
    void aStaleAttemptKeepsNothing() throws Exception {
        UUID id = scene.enqueue(1);
        AtomicReference<Throwable> refused = new AtomicReference<>();
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> {
                    if (context.attempt().number() == 1) {
                        database.execute(
                                "UPDATE penstock.live SET lease_token = lease_token + 1, attempt = 2 WHERE id = '" + id
                                        + "'");
                        try (Connection connection = database.connect()) {
                            context.checkpoint(connection, new Position(7));
                        } catch (LeaseLostException lost) {
                            refused.set(lost);
                        }
                    }
                    return Outcome.completed();
                })
                .start()) {
            scene.awaitEvent(StaleEndingRefused.class);
        }
        assertThat(refused.get()).hasMessageContaining("no longer owns its job, expected to keep a checkpoint");
        assertThat(database.number("SELECT count(*) FROM penstock.checkpoint WHERE job_id = '" + id + "'"))
                .isZero();
    }

    @Test
    void aRunningJobThatIsCancelledIsInterruptedAndCancelled() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        UUID waiting = scene.enqueue(1);
        UUID polling = scene.enqueue(2);
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> {
                    try {
                        never.await();
                    } catch (InterruptedException interrupted) {
                        if (context.payload().number() == 1 || !context.cancelRequested()) {
                            throw interrupted;
                        }
                    }
                    return Outcome.completed();
                })
                .start()) {
            scene.awaitState(waiting, JobState.RUNNING);
            scene.awaitState(polling, JobState.RUNNING);
            assertThat(scene.jobQueue.cancel(waiting, "no longer wanted")).isTrue();
            scene.awaitState(waiting, JobState.CANCELLED);
            assertThat(scene.state(polling)).as("nobody asked for it").isEqualTo(JobState.RUNNING);
            assertThat(scene.jobQueue.cancel(polling, "nor this one")).isTrue();
            scene.awaitState(polling, JobState.COMPLETED);
        }
        assertThat(database.number("SELECT count(*) FROM penstock.cancellation"))
                .as("gone with the worker")
                .isZero();
    }

    @Test
    void aPausedQueueTakesJobsAndStartsNoneUntilItIsResumed() throws Exception {
        QueueOperations operations = QueueOperations.on(database.dataSource(), null);
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> Outcome.completed())
                .start()) {
            scene.awaitState(scene.enqueue(1), JobState.COMPLETED);
            operations.pause(scene.type.queue(), "somebody", null);
            scene.awaitLooks(2);
            UUID held = scene.enqueue(2);
            scene.awaitLooks(2);
            assertThat(scene.state(held)).isEqualTo(JobState.AVAILABLE);
            operations.resume(scene.type.queue());
            scene.awaitState(held, JobState.COMPLETED);
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> HandlerOptions.DEFAULT.timeout(Duration.ZERO))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("attempt timeout");
        assertThatThrownBy(() -> scene.type.upcast(1, Scene.Item.class, old -> old))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("upcast from version 1");
        assertThatThrownBy(() -> scene.type.version(0))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("version");
        assertThatThrownBy(() -> scene.type.with(new Scene.Item(1)).metadata("penstock.version", "3"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("penstock.version");
        assertThatThrownBy(() -> scene.worker()
                        .handle(scene.type, context -> Outcome.completed())
                        .virtualThreads("elsewhere")
                        .start())
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("elsewhere");
    }
}
