package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobState;
import io.penstock.job.Outcome;
import io.penstock.observe.WorkerEvent.StrictLimitOverlapped;
import io.penstock.operate.QueueOperations;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A strict limit holds whatever happens to workers: they join and leave, it is changed, one is taken for dead. */
@PenstockDatabase.Fresh
class StrictLimitTest {

    private static final ConcurrencyBudget FOUR = ConcurrencyBudget.spare(4).strict(true);

    private final PenstockDatabase database;
    private final Scene scene;
    private final QueueOperations queues;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final Semaphore ends = new Semaphore(0);

    StrictLimitTest(PenstockDatabase database) {
        this.database = database;
        this.scene = new Scene(database);
        this.queues = QueueOperations.on(database.dataSource(), "tester");
    }

    /** Each handler runs until it is let go. */
    private WorkerBuilder worker(String name) {
        return scene.worker(FOUR).name(name).handle(scene.type, context -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            try {
                ends.acquire();
            } finally {
                running.decrementAndGet();
                ended.incrementAndGet();
            }
            return Outcome.completed();
        });
    }

    private void await(String what, int expected) {
        Awaitility.await(what).atMost(Duration.ofSeconds(60)).until(() -> running.get() == expected);
    }

    private List<String> slotsByWorker() throws SQLException {
        return database.query("SELECT w.name || ' ' || count(*) FROM penstock.slot AS s"
                + " JOIN penstock.worker AS w ON w.worker_id = s.worker_id GROUP BY w.name ORDER BY 1");
    }

    private void awaitSlots(String... expected) {
        Awaitility.await("slots " + List.of(expected))
                .atMost(Duration.ofSeconds(60))
                .until(() -> slotsByWorker().equals(List.of(expected)));
    }

    @Test
    void whileAWorkerJoinsAndLeavesNoMoreRunsThanTheLimit() throws SQLException {
        List<UUID> jobs = IntStream.range(0, 12).mapToObj(scene::enqueue).toList();
        try (Worker stays = worker("stays").start()) {
            await("all slots on the first", 4);
            try (Worker joins = worker("joins").start()) {
                scene.awaitLooks(4);
                assertThat(slotsByWorker()).as("what runs keeps its slots").containsExactly("stays 4");
                ends.release(2);
                awaitSlots("joins 2", "stays 2");
                await("the slots that were moved", 4);
                ends.release(2);
            }
            awaitSlots("stays 4");
            await("all that is left", 4);
            ends.release(8);
            jobs.forEach(id -> scene.awaitState(id, JobState.COMPLETED));
        }
        assertThat(most).hasValue(4);
        assertThat(database.number("SELECT count(*) FROM penstock.slot WHERE worker_id IS NOT NULL"))
                .as("slots leaked")
                .isZero();
    }

    @Test
    void aStrictLimitIsRaisedAndLoweredWhileWorkersRun() throws SQLException {
        IntStream.range(0, 12).forEach(scene::enqueue);
        try (Worker one = worker("one").start();
                Worker other = worker("other").start()) {
            await("the limit of both together", 4);
            queues.changeBudget(
                    scene.type.queue(), old -> ConcurrencyBudget.spare(6).strict(true));
            await("the raised limit", 6);
            queues.changeBudget(
                    scene.type.queue(), old -> ConcurrencyBudget.spare(1).strict(true));
            awaitLowered(1);
            endAll(5);
            await("nothing was started", 1);
            most.set(0);
            for (int job = 6; job < 12; job++) {
                endAll(1);
                await("the next", 1);
            }
            endAll(1);
        }
        assertThat(most).hasValue(1);
    }

    /** Both workers have seen that so many slots count. */
    private void awaitLowered(int limit) throws SQLException {
        Awaitility.await("shares of " + limit)
                .atMost(Duration.ofSeconds(60))
                .until(() -> database.number("SELECT sum((share ->> 1)::integer) FROM penstock.allocation,"
                                + " jsonb_each(shares) AS worker (id, queues), jsonb_each(queues) AS queue (id, share)")
                        == limit);
        scene.awaitLooks(4);
    }

    private void endAll(int count) {
        int before = ended.get();
        ends.release(count);
        Awaitility.await(count + " end").atMost(Duration.ofSeconds(60)).until(() -> ended.get() == before + count);
    }

    @Test
    void aLimitIsStrictNoMoreAndBecomesItAgain() throws SQLException {
        IntStream.range(0, 8).forEach(scene::enqueue);
        try (Worker worker = worker("one").start()) {
            await("the limit", 4);
            awaitSlots("one 4");
            queues.changeBudget(scene.type.queue(), old -> ConcurrencyBudget.spare(6));
            await("the raised limit", 6);
            awaitSlots();
            queues.changeBudget(
                    scene.type.queue(), old -> ConcurrencyBudget.spare(2).strict(true));
            awaitSlots("one 2");
            endAll(5);
            await("the strict limit", 2);
            endAll(3);
        }
        assertThat(most).hasValue(6);
    }

    @Test
    void handlersThatOutliveTheirSlotsAreToldAndCounted() throws SQLException {
        List<UUID> jobs = IntStream.range(0, 3).mapToObj(scene::enqueue).toList();
        try (Worker worker = worker("one").start()) {
            await("all", 3);
            database.execute("UPDATE penstock.worker SET state = 'lost', lost_at = penstock.clock()");
            assertThat(scene.awaitEvent(StrictLimitOverlapped.class))
                    .isEqualTo(new StrictLimitOverlapped(scene.type.queue(), 3));
            ends.release(20);
            jobs.forEach(id -> scene.awaitState(id, JobState.COMPLETED));
        }
        assertThat(scene.count(StrictLimitOverlapped.class)).isEqualTo(1);
    }
}
