package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.QueueDefinition;
import io.penstock.operate.QueueOperations;
import io.penstock.store.SlotStore.Held;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Slots of a strict limit: taken by one, given back, free when their worker is lost, and never while its claim is under way. */
@PenstockDatabase.Fresh
class SlotTest {

    private static final String QUEUE = "strict-slots";

    private final PenstockDatabase database;
    private final QueueUnderTest workers;
    private final QueueOperations queues;
    private final int queueId;

    SlotTest(PenstockDatabase database) throws SQLException {
        this.database = database;
        this.workers = new QueueUnderTest(database);
        this.queues = QueueOperations.on(database.dataSource(), "tester");
        database.jobQueue().declare(QueueDefinition.of(QUEUE, 0, 1, 1));
        limit(3);
        this.queueId =
                Math.toIntExact(database.number("SELECT queue_id FROM penstock.queue WHERE name = '" + QUEUE + "'"));
        database.execute("UPDATE penstock.slot SET worker_id = NULL WHERE queue_id = " + queueId);
    }

    private void limit(int limit) {
        queues.changeBudget(QUEUE, old -> ConcurrencyBudget.spare(limit).strict(true));
    }

    private Held take(long worker, int wanted) throws SQLException {
        return workers.transact(connection -> SlotStore.take(connection, queueId, worker, wanted));
    }

    private void release(long worker, int kept) throws SQLException {
        workers.transact(connection -> {
            SlotStore.release(connection, queueId, worker, kept);
            return worker;
        });
    }

    private void lose(long worker) throws SQLException {
        database.execute(
                "UPDATE penstock.worker SET state = 'lost', lost_at = penstock.clock() WHERE worker_id = " + worker);
    }

    private List<String> held() throws SQLException {
        return database.query(
                "SELECT number || ' ' || coalesce(worker_id::text, 'free') FROM penstock.slot WHERE queue_id = "
                        + queueId + " ORDER BY number");
    }

    @Test
    void twoWorkersNeverHaveMoreThanTheLimit() throws SQLException {
        long one = workers.worker();
        long other = workers.worker();
        assertThat(take(one, 2)).isEqualTo(new Held(2, 0));
        assertThat(take(other, 2)).isEqualTo(new Held(1, 0));
        assertThat(take(one, 2)).as("what it has counts").isEqualTo(new Held(2, 0));
        release(one, 1);
        assertThat(take(other, 2)).isEqualTo(new Held(2, 0));
        assertThat(held()).containsExactly("1 " + one, "2 " + other, "3 " + other);
    }

    @Test
    void aSlotThatAnotherIsTakingIsPassedBy() throws SQLException {
        long one = workers.worker();
        long other = workers.worker();
        try (Connection taking = database.connect()) {
            taking.setAutoCommit(false);
            assertThat(SlotStore.take(taking, queueId, one, 2)).isEqualTo(new Held(2, 0));
            assertThat(take(other, 3)).isEqualTo(new Held(1, 0));
            taking.rollback();
        }
        assertThat(take(other, 3)).isEqualTo(new Held(3, 0));
    }

    @Test
    void theSlotsOfALostWorkerAreFreeButNotBeforeItsClaimHasEnded() throws SQLException {
        long lost = workers.worker();
        long other = workers.worker();
        take(lost, 3);
        try (Connection claim = database.connect()) {
            claim.setAutoCommit(false);
            assertThat(SlotStore.lock(claim, queueId, lost)).isEqualTo(3);
            lose(lost);
            assertThat(take(other, 3)).as("its claim is under way").isEqualTo(Held.NONE);
            claim.commit();
        }
        assertThat(take(other, 3)).isEqualTo(new Held(3, 0));
        assertThat(workers.<Integer>transact(connection -> SlotStore.lock(connection, queueId, lost)))
                .as("what it may claim for from now on")
                .isZero();
    }

    @Test
    void aLostWorkerTakesNothing() throws SQLException {
        long lost = workers.worker();
        lose(lost);
        assertThat(take(lost, 3)).isEqualTo(Held.NONE);
    }

    @Test
    void whoLeavesLeavesItsSlots() throws SQLException {
        long leaves = workers.worker();
        take(leaves, 3);
        workers.transact(connection -> {
            WorkerStore.remove(connection, leaves);
            return leaves;
        });
        assertThat(held()).containsExactly("1 free", "2 free", "3 free");
    }

    @Test
    void slotsAboveALoweredLimitCountNoMoreAndGoFirst() throws SQLException {
        long one = workers.worker();
        long other = workers.worker();
        take(other, 1);
        take(one, 2);
        limit(2);
        assertThat(take(one, 2))
                .as("the third is above the limit, so the second counts for nobody")
                .isEqualTo(new Held(0, 2));
        assertThat(take(other, 2)).isEqualTo(new Held(1, 0));
        release(one, 1);
        assertThat(take(one, 2)).isEqualTo(new Held(1, 0));
        assertThat(take(workers.worker(), 1)).as("the third").isEqualTo(Held.NONE);
        limit(4);
        assertThat(take(one, 4)).isEqualTo(new Held(3, 0));
    }
}
