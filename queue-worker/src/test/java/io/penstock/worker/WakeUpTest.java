package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobState;
import io.penstock.job.Outcome;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who sleeps is woken by whoever sees it sleep, and finds by itself what was enqueued by one who could not see it. */
@PenstockDatabase.Fresh
class WakeUpTest {

    private static final long SEED = 49;
    /** A sleeping worker looks once a second; the rest is for a machine that has other things to do. */
    private static final Duration POLL_BOUND = Duration.ofSeconds(1).plusSeconds(9);

    private final PenstockDatabase database;
    private final Scene scene;
    private final String queueId;
    private final WakeUps wakeUps;

    WakeUpTest(PenstockDatabase database) throws SQLException {
        this.database = database;
        this.scene = new Scene(database);
        this.queueId = database.query("SELECT queue_id FROM penstock.queue WHERE name = '" + scene.type.queue() + "'")
                .get(0);
        this.wakeUps = new WakeUps(database);
    }

    @AfterEach
    void close() throws SQLException {
        wakeUps.close();
    }

    private boolean asleep() throws SQLException {
        return database.number("SELECT count(*) FROM penstock.sleeper WHERE queue_id = " + queueId) > 0;
    }

    private void awaitAsleep() {
        Awaitility.await("the worker sleeps").atMost(Duration.ofSeconds(60)).until(this::asleep);
    }

    /** A beat takes longer than the last look, so that is over with it. */
    private void awaitHeartBeat() throws SQLException {
        long before = database.number("SELECT sum(heartbeats) FROM penstock.worker");
        Awaitility.await("a heart-beat")
                .atMost(Duration.ofSeconds(60))
                .until(() -> database.number("SELECT sum(heartbeats) FROM penstock.worker") > before);
    }

    private UUID enqueue(Connection connection, int number) {
        return scene.jobQueue
                .enqueue(connection, scene.type.with(new Scene.Item(number)))
                .id();
    }

    private Duration delay(UUID id, Instant committed) throws SQLException {
        scene.awaitState(id, JobState.COMPLETED);
        String claimed = database.query("SELECT to_json(first_claimed_at AT TIME ZONE 'UTC') #>> '{}' || 'Z'"
                        + " FROM penstock.finished WHERE id = '" + id + "'")
                .get(0);
        return Duration.between(committed, Instant.parse(claimed));
    }

    private WorkerBuilder working() {
        return scene.worker().handle(scene.type, context -> Outcome.completed());
    }

    @Test
    void whoEnqueuedBeforeTheWorkerSleptAndCommitsAfterItsLastLookIsFoundWithinThePollBound() throws Exception {
        try (Connection enqueuer = database.connect()) {
            enqueuer.setAutoCommit(false);
            UUID id = enqueue(enqueuer, 1); // nobody sleeps yet, so nobody will be notified
            try (Worker worker = working().start()) {
                awaitAsleep();
                awaitHeartBeat();
                Instant committing = now();
                enqueuer.commit();
                Duration delay = delay(id, committing);
                System.out.println("wake-up: enqueued before the sleep, committed after the last look: " + delay);
                assertThat(delay).isLessThan(POLL_BOUND);
                assertThat(wakeUps.sent()).isEmpty();
            }
        }
    }

    /** When a transaction enqueues. */
    private enum Moment {
        AWAKE,
        FALLING_ASLEEP,
        ASLEEP
    }

    @Test
    void inWhateverOrderAnEnqueueAndASleepFallItIsStartedWithinThePollBound() throws Exception {
        Random random = new Random(SEED);
        Semaphore gate = new Semaphore(0);
        Map<Moment, List<Duration>> delays = new EnumMap<>(Moment.class);
        try (Worker worker = scene.worker(ConcurrencyBudget.spare(1))
                        .handle(scene.type, context -> {
                            gate.acquire();
                            return Outcome.completed();
                        })
                        .start();
                Connection enqueuer = database.connect()) {
            enqueuer.setAutoCommit(false);
            for (int round = 0; round < 9; round++) {
                Moment moment = Moment.values()[round % 3];
                scene.awaitState(
                        scene.enqueue(round), JobState.RUNNING); // its slot taken, the queue is not looked into
                wakeUps.sent();
                UUID id = moment == Moment.AWAKE ? enqueue(enqueuer, round) : null;
                gate.release();
                if (id == null) {
                    for (int look = random.nextInt(20); look > 0 || moment == Moment.ASLEEP; look--) {
                        if (asleep()) {
                            break; // else the enqueue falls anywhere around the moment of the sleep
                        }
                    }
                    id = enqueue(enqueuer, round);
                }
                awaitAsleep();
                if (random.nextInt(3) == 0) {
                    awaitHeartBeat();
                }
                Instant committing = now();
                enqueuer.commit();
                gate.release();
                Duration delay = delay(id, committing);
                delays.computeIfAbsent(moment, first -> new ArrayList<>()).add(delay);
                assertThat(delay).as(moment + ", seed " + SEED).isLessThan(POLL_BOUND);
                switch (moment) {
                    case AWAKE -> assertThat(wakeUps.sent()).isEmpty();
                    case ASLEEP -> assertThat(wakeUps.sent()).containsExactly(queueId);
                    case FALLING_ASLEEP -> assertThat(wakeUps.sent()).hasSizeLessThanOrEqualTo(1);
                }
            }
        }
        System.out.println("wake-up: " + delays);
    }

    @Test
    void aTransactionSendsASleepingQueueOneWakeUpHoweverOftenItEnqueues() throws Exception {
        try (Worker worker = working().start();
                Connection enqueuer = database.connect()) {
            enqueuer.setAutoCommit(false);
            for (int round = 0; round < 3; round++) {
                awaitAsleep();
                wakeUps.sent();
                UUID id = enqueue(enqueuer, round);
                enqueue(enqueuer, round);
                enqueue(enqueuer, round);
                enqueuer.commit();
                scene.awaitState(id, JobState.COMPLETED);
                assertThat(wakeUps.sent()).containsExactly(queueId);
            }
            awaitAsleep();
            enqueue(enqueuer, 4);
            enqueuer.rollback();
            assertThat(wakeUps.sent()).isEmpty();
        }
    }

    @Test
    void enqueuesIntoABusyQueueNotifyNobody() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        UUID first = scene.enqueue(1);
        scene.enqueue(2); // there is more than may run
        try (Worker worker = scene.worker(ConcurrencyBudget.spare(1))
                        .handle(scene.type, context -> {
                            release.await();
                            return Outcome.completed();
                        })
                        .start();
                Connection enqueuer = database.connect()) {
            scene.awaitState(first, JobState.RUNNING);
            enqueuer.setAutoCommit(false);
            UUID last = first;
            for (int job = 0; job < 20; job++) {
                scene.enqueue(job);
                last = enqueue(enqueuer, job);
                enqueuer.commit();
            }
            assertThat(wakeUps.sent()).isEmpty();
            release.countDown();
            scene.awaitState(last, JobState.COMPLETED);
        }
    }

    private Instant now() throws SQLException {
        return Instant.parse(database.query("SELECT to_json(penstock.clock() AT TIME ZONE 'UTC') #>> '{}' || 'Z'")
                .get(0));
    }
}
