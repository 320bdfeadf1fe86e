package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.database.Pipeline;
import io.penstock.job.Priority;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What the claim floors are computed from. */
@PenstockDatabase.Fresh
class FloorTest {

    @Test
    void theLastPositionIsTheHighestDrawnCommittedOrNot(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        assertThat(queue.transact(connection -> FloorStore.watch(connection, Map.of()))
                        .drawn()
                        .positions())
                .containsEntry(queue.leaf().queueId(), 0L);
        UUID id = queue.enqueue(3).get(2);
        assertThat(queue.transact(connection -> FloorStore.watch(connection, Map.of()))
                        .drawn()
                        .position(queue.leaf().queueId()))
                .isEqualTo(queue.position(id));
    }

    @Test
    void anEnqueueUnderWayIsInProgressBelowALaterId(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        try (Connection enqueuer = database.connect()) {
            enqueuer.setAutoCommit(false);
            queue.jobQueue().enqueue(enqueuer, queue.job());
            long enqueuing = FloorStore.newTransactionId(enqueuer);
            long own = queue.transact(FloorStore::newTransactionId);

            assertThat(queue.<Set<Long>>transact(connection -> FloorStore.inProgress(connection, own)))
                    .contains(enqueuing) // beside whatever else the server has open, such as an automatic ANALYZE
                    .allMatch(id -> id < own);
            enqueuer.rollback();
        }
    }

    @Test
    void theLowestAvailableJobOfEachLevelIsFoundAboveItsFloor(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        List<UUID> normal = queue.enqueue(3);
        UUID low = queue.jobQueue().enqueue(queue.job().priority(Priority.LOW)).id();
        queue.claim(queue.worker(), 1);

        assertThat(lowest(queue, FloorStore::lowestAvailable, QueueUnderTest.NO_FLOORS))
                .containsExactly(Long.MAX_VALUE, Long.MAX_VALUE, queue.position(normal.get(1)), queue.position(low));
        assertThat(lowest(queue, FloorStore::lowestRow, QueueUnderTest.NO_FLOORS))
                .containsExactly(Long.MAX_VALUE, Long.MAX_VALUE, queue.position(normal.get(0)), queue.position(low));
        assertThat(lowest(queue, FloorStore::lowestRow, new long[] {0, 0, queue.position(normal.get(0)), 99}))
                .containsExactly(Long.MAX_VALUE, Long.MAX_VALUE, queue.position(normal.get(1)), Long.MAX_VALUE);
    }

    private interface Look {
        void add(Pipeline pipeline, Leaf leaf, long[] floors, Consumer<long[]> lowest);
    }

    private static long[] lowest(QueueUnderTest queue, Look look, long[] floors) throws SQLException {
        return queue.transact(connection -> {
            long[][] found = new long[1][];
            Pipeline pipeline = new Pipeline();
            look.add(pipeline, queue.leaf(), floors, lowest -> found[0] = lowest);
            pipeline.run(connection);
            return found[0];
        });
    }
}
