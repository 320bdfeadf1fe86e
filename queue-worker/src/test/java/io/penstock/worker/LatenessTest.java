package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobState;
import io.penstock.job.JobType;
import io.penstock.job.Outcome;
import io.penstock.job.PauseScope;
import io.penstock.job.QueueDefinition;
import io.penstock.objective.LateCause;
import io.penstock.objective.LatencyObjective;
import io.penstock.observe.WorkerEvent;
import io.penstock.observe.WorkerEvent.AttemptEnded;
import io.penstock.observe.WorkerEvent.JobLate;
import io.penstock.operate.ObjectiveOperations;
import io.penstock.operate.QueueOperations;
import io.penstock.testkit.PenstockDatabase;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Cases in which it is known what made a job late. Each waits until the cause has lasted, by the database's clock. */
@PenstockDatabase.Fresh
class LatenessTest {

    private static final int HOLDER = 100;
    private static final Duration LASTS = Duration.ofMillis(2_500);

    private final PenstockDatabase database;
    private final Scene scene;
    private final QueueOperations queues;
    private final CountDownLatch release = new CountDownLatch(1);
    private final Semaphore runs = new Semaphore(0);

    LatenessTest(PenstockDatabase database) {
        this.database = database;
        this.scene = new Scene(database);
        this.queues = QueueOperations.on(database.dataSource(), "ada");
        scene.jobQueue.declareObjectives(LatencyObjective.of(scene.type.queue(), Duration.ofMillis(1), 0.5));
    }

    private Outcome handle(int number) throws InterruptedException {
        if (number == HOLDER) {
            runs.release();
            release.await();
        }
        return Outcome.completed();
    }

    private WorkerBuilder worker(QueueDefinition... more) {
        WorkerBuilder builder = Worker.on(scene.jobQueue)
                .capacity(1)
                .headroom(0)
                .listener(scene.events::add)
                .handle(scene.type, context -> handle(context.payload().number()));
        for (QueueDefinition queue : more) {
            builder.queue(queue);
        }
        return builder;
    }

    private QueueDefinition queue(int limit) {
        return new QueueDefinition(scene.type.queue(), ConcurrencyBudget.spare(limit));
    }

    /** Until the cause has lasted for long enough to be told from others. */
    private void last(UUID job) {
        Awaitility.await("the cause has lasted")
                .atMost(Duration.ofSeconds(60))
                .until(() -> database.number(
                                "SELECT count(*) FROM (SELECT id, eligible_at FROM penstock.live UNION ALL SELECT id, eligible_at FROM penstock.waiting) AS l"
                                        + " WHERE id = '" + job + "' AND eligible_at < penstock.clock() - interval '"
                                        + LASTS.toMillis() + " ms'")
                        > 0);
    }

    /** Nearly all of the time of the job went to the cause, and the parts are the whole. */
    private void assertLate(UUID job, LateCause cause) {
        scene.awaitState(job, JobState.COMPLETED);
        Awaitility.await("it is told")
                .atMost(Duration.ofSeconds(60))
                .until(() -> event(job, JobLate.class).isPresent());
        Map<LateCause, Duration> spent = event(job, JobLate.class).orElseThrow().spent();
        Duration total = event(job, AttemptEnded.class).orElseThrow().total();
        assertThat(spent.values().stream().reduce(Duration.ZERO, Duration::plus))
                .isEqualTo(total);
        assertThat((double) spent.getOrDefault(cause, Duration.ZERO).toMillis())
                .as("of " + spent)
                .isGreaterThan(0.7 * total.toMillis());
    }

    private <E extends WorkerEvent> Optional<E> event(UUID job, Class<E> kind) {
        return scene.events.stream()
                .filter(kind::isInstance)
                .filter(event -> of(event).equals(job) && ended(event))
                .map(kind::cast)
                .findFirst();
    }

    private static boolean ended(WorkerEvent event) {
        return !(event instanceof AttemptEnded ended) || ended.state().terminal();
    }

    private static UUID of(WorkerEvent event) {
        return event instanceof JobLate late
                ? late.attempt().jobId()
                : ((AttemptEnded) event).attempt().jobId();
    }

    @Test
    void itWaitedForASlot() throws Exception {
        JobType<Scene.Item> heavy = JobType.of("heavy", Scene.Item.class).onQueue(scene.type.queue() + "-heavy");
        QueueDefinition other = new QueueDefinition(heavy.queue(), ConcurrencyBudget.spare(4));
        try (Worker worker = worker(queue(4), other)
                .handle(heavy, context -> handle(context.payload().number()))
                .start()) {
            scene.jobQueue.enqueue(heavy.with(new Scene.Item(HOLDER)));
            runs.acquire();
            UUID job = scene.enqueue(1);
            last(job);
            release.countDown();
            assertLate(job, LateCause.SLOT);
            assertThat(worker.health().draining()).isFalse();
        }
    }

    @Test
    void itWaitedForALimit() throws Exception {
        try (Worker worker = worker(queue(1)).capacity(4).start()) {
            scene.enqueue(HOLDER);
            runs.acquire();
            UUID job = scene.enqueue(1);
            last(job);
            release.countDown();
            assertLate(job, LateCause.LIMIT);
            assertThat(worker.health().draining()).isFalse();
        }
    }

    @Test
    void itWaitedForTheLimitOfItsKey() throws Exception {
        try (Worker worker = worker(queue(4).perKey(1)).capacity(4).start()) {
            scene.jobQueue.enqueue(scene.type.with(new Scene.Item(HOLDER)).concurrencyKey("one"));
            runs.acquire();
            UUID job = scene.jobQueue
                    .enqueue(scene.type.with(new Scene.Item(1)).concurrencyKey("one"))
                    .id();
            last(job);
            release.countDown();
            assertLate(job, LateCause.LIMIT);
            assertThat(worker.health().draining()).isFalse();
        }
    }

    @Test
    void itWasPaused() throws Exception {
        try (Worker worker = worker(queue(4)).capacity(4).start()) {
            queues.pause(scene.type.queue(), "ada", "test");
            scene.awaitLooks(2);
            UUID job = scene.enqueue(1);
            last(job);
            queues.resume(scene.type.queue());
            assertLate(job, LateCause.PAUSED);

            queues.pause(scene.type.queue(), PauseScope.type(scene.type.name()), "ada", "test", null);
            UUID ofType = scene.enqueue(2);
            last(ofType);
            queues.resume(scene.type.queue(), PauseScope.type(scene.type.name()));
            assertLate(ofType, LateCause.PAUSED);
            assertThat(worker.health().draining()).isFalse();
        }
    }

    @Test
    void itWasRetried() throws Exception {
        try (Worker worker = Worker.on(scene.jobQueue)
                .queue(queue(4))
                .listener(scene.events::add)
                .handle(
                        scene.type,
                        context -> context.attempt().number() == 1
                                ? Outcome.failed(new IllegalStateException("once"), LASTS)
                                : Outcome.completed())
                .start()) {
            assertLate(scene.enqueue(1), LateCause.RETRY);
            assertThat(worker.health().draining()).isFalse();
        }
    }

    @Test
    void itRanLong() throws Exception {
        try (Worker worker = worker(queue(4)).start()) {
            UUID job = scene.enqueue(HOLDER);
            runs.acquire();
            last(job);
            release.countDown();
            assertLate(job, LateCause.RAN);
            assertThat(worker.health().draining()).isFalse();
        }
    }

    @Test
    void nobodyWasThereToFindIt() throws Exception {
        UUID job = scene.enqueue(1);
        last(job);
        try (Worker worker = worker(queue(4)).start()) {
            assertLate(job, LateCause.SLOT);
            assertThat(worker.health().draining()).isFalse();
        }
    }

    @Test
    void aJobInTimeIsNoEvent() throws Exception {
        JobType<Scene.Item> other = JobType.of("other", Scene.Item.class).onQueue(scene.type.queue());
        ObjectiveOperations operations = ObjectiveOperations.on(database.dataSource(), "ada");
        operations.remove(scene.type.queue(), "latency", null);
        operations.declare(
                LatencyObjective.of(scene.type.queue(), Duration.ofHours(1), 0.5)
                        .ofType("other"),
                LatencyObjective.of(scene.type.queue(), Duration.ofMillis(1), 0.5)
                        .ofType(scene.type.name()));
        try (Worker worker =
                worker(queue(4)).handle(other, context -> Outcome.completed()).start()) {
            UUID inTime = scene.jobQueue.enqueue(other.with(new Scene.Item(1))).id();
            scene.awaitState(inTime, JobState.COMPLETED);
            UUID late = scene.enqueue(HOLDER);
            runs.acquire();
            last(late);
            release.countDown();
            assertLate(late, LateCause.RAN);
            assertThat(event(inTime, JobLate.class)).isEmpty();
            assertThat(worker.health().draining()).isFalse();
        }
    }
}
