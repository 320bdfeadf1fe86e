package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobState;
import io.penstock.job.Outcome;
import io.penstock.job.Priority;
import io.penstock.job.QueueDefinition;
import io.penstock.observe.WorkerEvent;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A worker's life: budgets, order, stopping, and what befalls it. */
@PenstockDatabase.Fresh
class LifeTest {

    private final PenstockDatabase database;
    private final Scene scene;

    LifeTest(PenstockDatabase database) {
        this.database = database;
        this.scene = new Scene(database);
    }

    @Test
    void aQueueBelowItsGuaranteeRunsWhileAnotherHoldsEverySlot() throws Exception {
        Scene critical = new Scene(database);
        CountDownLatch release = new CountDownLatch(1);
        for (int job = 0; job < 20; job++) {
            scene.enqueue(job);
        }
        try (Worker worker = scene.worker()
                .headroom(2)
                .queue(new QueueDefinition(critical.type.queue(), ConcurrencyBudget.guaranteed(2, 4)))
                .handle(scene.type, context -> {
                    if (context.queue().equals(scene.type.queue())) {
                        release.await();
                    }
                    return Outcome.completed();
                })
                .start()) {
            Awaitility.await()
                    .until(() ->
                            database.number("SELECT count(*) FROM " + scene.leaf() + " WHERE state = 'running'") == 8);
            for (int job = 0; job < 10; job++) {
                critical.awaitState(critical.enqueue(job), JobState.COMPLETED);
            }
            assertThat(database.number("SELECT count(*) FROM " + scene.leaf() + " WHERE state = 'running'"))
                    .isEqualTo(8);
            release.countDown();
        }
    }

    @Test
    void aHigherLevelIsClaimedFirstAndWithinALevelTheOldest() {
        List<Integer> order = new CopyOnWriteArrayList<>();
        Priority[] levels = {Priority.LOW, Priority.NORMAL, Priority.URGENT, Priority.HIGH, Priority.URGENT};
        UUID last = scene.jobQueue
                .enqueue(scene.type.with(new Scene.Item(0)).priority(levels[0]))
                .id();
        for (int number = 1; number < levels.length; number++) {
            scene.jobQueue.enqueue(scene.type.with(new Scene.Item(number)).priority(levels[number]));
        }
        try (Worker worker = scene.worker(ConcurrencyBudget.spare(1))
                .handle(scene.type, context -> {
                    order.add(context.payload().number());
                    return Outcome.completed();
                })
                .start()) {
            scene.awaitState(last, JobState.COMPLETED);
        }
        assertThat(order).containsExactly(2, 4, 3, 1, 0);
    }

    @Test
    void closingWaitsForWhatRuns() throws Exception {
        UUID id = scene.enqueue(1);
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Worker worker = scene.worker()
                .handle(scene.type, context -> {
                    started.countDown();
                    release.await();
                    return Outcome.completed();
                })
                .start();
        started.await();
        Thread closing = new Thread(worker::close);
        closing.start();
        UUID late = scene.enqueue(2);
        release.countDown();
        closing.join();
        assertThat(scene.state(id)).isEqualTo(JobState.COMPLETED);
        assertThat(scene.state(late)).isEqualTo(JobState.AVAILABLE);
    }

    @Test
    void whatDoesNotEndInTimeIsGivenBackWithItsAttempt() throws Exception {
        UUID id = scene.enqueue(1);
        CountDownLatch started = new CountDownLatch(1);
        Worker worker = scene.worker()
                .drainTimeout(Duration.ZERO)
                .handle(scene.type, context -> {
                    started.countDown();
                    new CountDownLatch(1).await();
                    return Outcome.completed();
                })
                .start();
        started.await();
        worker.close();
        assertThat(scene.state(id)).isEqualTo(JobState.AVAILABLE);
        assertThat(scene.jobQueue.find(id).orElseThrow().attempts()).isZero();
    }

    @Test
    void losingEveryConnectionAtOnceIsSaidOncePerPartAndRecoveredFrom() throws Exception {
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> Outcome.completed())
                .start()) {
            scene.awaitState(scene.enqueue(1), JobState.COMPLETED);
            database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
            scene.awaitState(scene.enqueue(2), JobState.COMPLETED);
            scene.awaitEvent(WorkerEvent.DatabaseBack.class);
            assertThat(scene.count(WorkerEvent.DatabaseLost.class)).isBetween(1L, 3L);
            assertThat(scene.count(WorkerEvent.WorkerFenced.class)).isZero();
        }
    }

    @Test
    void aWorkerThatWasTakenForDeadGoesOnUnderANewNumberAndItsOldOutcomesAreRefused() throws Exception {
        UUID id = scene.enqueue(1);
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> {
                    if (context.attempt().leaseToken() == 1) {
                        started.countDown();
                        while (!release.await(1, TimeUnit.SECONDS)) {
                            // the interruption that comes with the fence ends this attempt
                        }
                    }
                    return Outcome.completed();
                })
                .start()) {
            started.await();
            // as a rescuer would: first the fence, then the rescue
            database.execute("UPDATE penstock.worker SET state = 'lost', lost_at = penstock.clock();" + "UPDATE "
                    + scene.leaf() + " SET state = 'available', worker_id = NULL, position = position + 1000");
            scene.awaitEvent(WorkerEvent.WorkerFenced.class);
            scene.awaitState(id, JobState.COMPLETED);
            scene.awaitEvent(WorkerEvent.StaleEndingRefused.class);
        }
        assertThat(scene.jobQueue.find(id).orElseThrow().attempts()).isEqualTo(2);
    }

    @Test
    void aLockOnOneQueuesTableStopsThatQueueOnlyAndIsSaidOnce() throws Exception {
        Scene other = new Scene(database);
        try (Worker worker = scene.worker()
                .queue(new QueueDefinition(other.type.queue(), ConcurrencyBudget.spare(8)))
                .handle(scene.type, context -> Outcome.completed())
                .start()) {
            UUID stuck;
            try (Connection lock = database.connect()) {
                scene.awaitState(scene.enqueue(0), JobState.COMPLETED);
                stuck = scene.enqueue(1);
                lock.setAutoCommit(false);
                try (var statement = lock.createStatement()) {
                    statement.execute("LOCK TABLE " + scene.leaf() + " IN ACCESS EXCLUSIVE MODE");
                }
                assertThat(scene.awaitEvent(WorkerEvent.QueueFailing.class).queue())
                        .isEqualTo(scene.type.queue());
                for (int job = 0; job < 20; job++) {
                    UUID id = other.enqueue(job);
                    Awaitility.await()
                            .until(() ->
                                    database.number("SELECT count(*) FROM penstock.finished WHERE id = '" + id + "'")
                                            == 1);
                }
                assertThat(scene.count(WorkerEvent.QueueFailing.class)).isEqualTo(1);
                lock.rollback();
            }
            scene.awaitState(stuck, JobState.COMPLETED);
            scene.awaitEvent(WorkerEvent.QueueRecovered.class);
        }
    }

    @Test
    void aMissingDayIsMadeWhenACompletionFindsItMissing() throws Exception {
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> {
                    String today = database.query("SELECT to_char(penstock.clock() AT TIME ZONE 'UTC', 'YYYYMMDD')")
                            .get(0);
                    if (context.payload().number() == 1) {
                        database.execute("DROP TABLE penstock.finished_" + today);
                    }
                    return Outcome.completed();
                })
                .start()) {
            scene.awaitState(scene.enqueue(1), JobState.COMPLETED);
        }
    }

    @Test
    void aWorkerThatCouldDoNothingIsRefused() {
        WorkerBuilder builder =
                Worker.on(scene.jobQueue).name("small").capacity(4).headroom(1).queue(QueueDefinition.of("a", 6, 8, 1));
        assertThatThrownBy(() -> Worker.on(scene.jobQueue).start())
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("at least one queue");
        assertThatThrownBy(() -> builder.queue(QueueDefinition.of("a", 0, 1, 1)))
                .hasMessageContaining("given twice");
        assertThatThrownBy(() -> builder.capacity(0)).hasMessageContaining("capacity: expected 1 to");
    }
}
