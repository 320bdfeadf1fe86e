package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobState;
import io.penstock.job.Limits;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.observe.WorkerEvent;
import io.penstock.observe.WorkerEvent.AttemptEnded;
import io.penstock.testkit.LockWaits;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever locks the table or the row of one queue holds up that queue, and no other in its lane or in the other one. */
@PenstockDatabase.Fresh
class LockedQueueTest {

    private static final int JOBS = 30;
    private static final int RUNNING = 4;

    private final PenstockDatabase database;
    private final Scene locked;
    private final Scene neighbour;
    private final Scene guaranteed;

    LockedQueueTest(PenstockDatabase database) {
        this.database = database;
        this.locked = new Scene(database);
        this.neighbour = new Scene(database);
        this.guaranteed = new Scene(database);
    }

    private WorkerBuilder worker() {
        return locked.worker(ConcurrencyBudget.spare(RUNNING))
                .queue(new QueueDefinition(neighbour.type.queue(), ConcurrencyBudget.spare(RUNNING)))
                .queue(new QueueDefinition(guaranteed.type.queue(), ConcurrencyBudget.guaranteed(2, RUNNING)));
    }

    private long ended(Scene scene) {
        return locked.events.stream()
                .filter(event ->
                        event instanceof AttemptEnded ended && ended.queue().equals(scene.type.queue()))
                .count();
    }

    /** Runs new jobs of the scenes; nobody waits for a lock to do so. */
    private void runWithoutWaiting(Scene... scenes) throws SQLException {
        for (Scene scene : scenes) {
            long before = ended(scene);
            try (LockWaits waits = new LockWaits(database, scene.leaf())) {
                for (int job = 0; job < JOBS; job++) {
                    scene.enqueue(job);
                }
                Awaitility.await("jobs of " + scene.type.queue())
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> ended(scene) == before + JOBS);
                assertThat(waits.longest()).as("milliseconds waited for a lock").isZero();
            }
        }
    }

    @Test
    void attemptsThatEndWhileTheirTableIsLockedHoldUpNoOtherQueue() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        List<UUID> stuck = new ArrayList<>();
        for (int job = 0; job < RUNNING + 2; job++) {
            stuck.add(locked.enqueue(job));
        }
        try (Worker worker = worker().handle(locked.type, context -> {
                            if (context.queue().equals(locked.type.queue())) {
                                release.await();
                            }
                            return Outcome.completed();
                        })
                        .start();
                Connection lock = database.connect();
                Statement statement = lock.createStatement()) {
            locked.awaitState(stuck.get(RUNNING - 1), JobState.RUNNING);
            lock.setAutoCommit(false);
            statement.execute("LOCK TABLE " + locked.leaf() + " IN ACCESS EXCLUSIVE MODE");
            release.countDown();
            assertThat(locked.awaitEvent(WorkerEvent.QueueFailing.class).queue())
                    .isEqualTo(locked.type.queue());
            String ofLane = "penstock (finish|still_running|lowest_available|claim) .*" + locked.leaf();
            try (LockWaits waits = new LockWaits(database, ofLane)) {
                runWithoutWaiting(neighbour, guaranteed);
                assertThat(waits.longest())
                        .as("milliseconds that the others in the lane wait meanwhile")
                        .isLessThan(100);
            }
            assertThat(locked.count(WorkerEvent.QueueFailing.class)).isEqualTo(1);
            assertThat(ended(locked)).isZero();
            lock.rollback();
            locked.awaitEvent(WorkerEvent.QueueRecovered.class);
            for (UUID id : stuck) {
                locked.awaitState(id, JobState.COMPLETED);
                assertThat(locked.jobQueue.find(id).orElseThrow().attempts()).isEqualTo(1);
            }
        }
    }

    @Test
    void dueJobsOfAQueueWhoseTableIsLockedHoldUpThoseOfNoOther() throws Exception {
        try (Worker worker = worker().handle(locked.type, context -> Outcome.completed())
                        .start();
                Connection lock = database.connect();
                Statement statement = lock.createStatement()) {
            lock.setAutoCommit(false);
            statement.execute("LOCK TABLE " + locked.leaf() + " IN ACCESS EXCLUSIVE MODE");
            UUID stuck = enqueueLater(locked);
            try (LockWaits waits = new LockWaits(database, "penstock (promote|lowest_row) ")) {
                for (int job = 0; job < JOBS; job++) {
                    enqueueLater(neighbour);
                    enqueueLater(guaranteed);
                }
                Awaitility.await("due jobs")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> ended(neighbour) == JOBS && ended(guaranteed) == JOBS);
                assertThat(waits.longest())
                        .as("milliseconds that maintenance waited for the lock at a time")
                        .isBetween(1L, 99L);
            }
            assertThat(ended(locked)).isZero();
            lock.rollback();
            locked.awaitState(stuck, JobState.COMPLETED);
        }
    }

    /** So much later that it waits for its time even if the enqueue itself takes long. */
    private static UUID enqueueLater(Scene scene) {
        return scene.jobQueue
                .enqueue(scene.type.with(new Scene.Item(0)).runAt(Instant.now().plusSeconds(2)))
                .id();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT FROM penstock.queue WHERE name = '%s' FOR UPDATE",
                "UPDATE penstock.queue SET weight = weight + 1, name = name || '-renamed' WHERE name = '%s'"
            })
    void aLockOnOneQueuesRowHoldsUpNoOtherQueueAndItsOwnJobsRun(String sql) throws Exception {
        String segment = "SELECT write_segment FROM penstock.queue WHERE name = '" + locked.type.queue() + "'";
        try (Worker worker = worker().handle(locked.type, context -> Outcome.completed())
                        .start();
                Connection lock = database.connect();
                Statement statement = lock.createStatement()) {
            runWithoutWaiting(locked);
            lock.setAutoCommit(false);
            statement.execute(sql.formatted(locked.type.queue()));
            // from now on the worker wants to change the row as well, to move enqueuers on
            database.execute("SELECT setval('" + locked.leaf().replaceAll("live_(q\\d+)_s0", "position_$1") + "', "
                    + Limits.SEGMENT_POSITIONS + ")");
            runWithoutWaiting(neighbour, guaranteed, locked, neighbour, guaranteed);
            assertThat(database.number(segment)).isZero();
            assertThat(locked.count(WorkerEvent.QueueFailing.class)).isZero();
            lock.rollback();
            Awaitility.await("enqueuers are moved on")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> database.number(segment) != 0);
            locked.awaitState(
                    locked.enqueue(0), JobState.COMPLETED); // not all without waiting: its old segment is emptied
            runWithoutWaiting(neighbour, guaranteed);
        }
    }
}
