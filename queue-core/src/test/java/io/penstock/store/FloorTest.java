package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.Priority;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the claim floors are computed from. */
@PenstockDatabase.Fresh
class FloorTest {

    @Test
    void theLastPositionIsTheHighestDrawnCommittedOrNot(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        assertThat(queue.transact(FloorStore::lastPositions))
                .containsEntry(queue.leaf().queueId(), 0L);
        UUID id = queue.enqueue(3).get(2);
        assertThat(queue.transact(FloorStore::lastPositions))
                .containsEntry(queue.leaf().queueId(), queue.position(id));
    }

    @Test
    void anEnqueueUnderWayHoldsTheOldestTransactionIdBack(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        try (Connection enqueuer = database.connect()) {
            enqueuer.setAutoCommit(false);
            queue.jobQueue().enqueue(enqueuer, queue.job());
            long later = queue.transact(FloorStore::newTransactionId);

            assertThat(queue.<Long>transact(FloorStore::oldestTransactionId)).isLessThan(later);
            enqueuer.rollback();
        }
    }

    @Test
    void theLowestAvailableJobOfEachLevelIsFoundBetweenFloorAndSettledPosition(PenstockDatabase database)
            throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        List<UUID> normal = queue.enqueue(3);
        UUID low = queue.jobQueue().enqueue(queue.job().priority(Priority.LOW)).id();
        queue.claim(queue.worker(), 1);
        long settled = queue.position(low);

        long[] lowest = queue.transact(
                connection -> FloorStore.lowestAvailable(connection, queue.leaf(), QueueUnderTest.NO_FLOORS, settled));

        assertThat(lowest)
                .containsExactly(settled + 1, settled + 1, queue.position(normal.get(1)), queue.position(low));
    }
}
