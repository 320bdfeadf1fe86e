package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.job.JobState;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class ClearSegmentTest {

    private static final long[] SEEN_EMPTY = {1_000, 1_000, 1_000, 1_000};

    private static boolean clear(QueueUnderTest queue, Map<Long, Long> open) throws SQLException {
        return queue.transact(connection -> QueueStore.clearSegment(connection, queue.leaf(), SEEN_EMPTY, open, null));
    }

    private static long size(PenstockDatabase database, QueueUnderTest queue) throws SQLException {
        return database.number("SELECT pg_relation_size('" + queue.table() + "')");
    }

    private static void drain(QueueUnderTest queue) throws SQLException {
        for (ClaimedJob job : queue.claim(queue.worker(), 100)) {
            queue.finish(Ending.completed(job.attempt()));
        }
    }

    @Test
    void aDrainedSegmentIsEmptiedWhateverOldSnapshotIsHeld(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        queue.enqueue(10);
        drain(queue);
        try (Connection old = database.connect();
                Statement statement = old.createStatement()) {
            old.setAutoCommit(false);
            old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            statement.execute("SELECT count(*) FROM penstock.worker");

            assertThat(size(database, queue)).isPositive();
            assertThat(clear(queue, Map.of())).isTrue();
            assertThat(size(database, queue)).isZero();
        }
    }

    @Test
    void aJobAboveTheFloorsKeepsTheSegment(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        database.execute("SELECT setval('penstock.position_q" + queue.leaf().queueId() + "', 5000)");
        UUID id = queue.enqueue();

        assertThat(clear(queue, Map.of())).isFalse();
        queue.claim(queue.worker(), 1);
        assertThat(clear(queue, Map.of())).isFalse();
        assertThat(queue.find(id).state()).isEqualTo(JobState.RUNNING);
    }

    @Test
    void aJobOfATransactionThatWasOpenWhenTheFloorsWereSeenKeepsTheSegment(PenstockDatabase database)
            throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        try (Connection slow = database.connect();
                Statement statement = slow.createStatement()) {
            slow.setAutoCommit(false);
            UUID id = queue.jobQueue().enqueue(slow, queue.job()).id();
            long open;
            try (var row = statement.executeQuery("SELECT pg_current_xact_id()::text")) {
                row.next();
                open = Long.parseLong(row.getString(1));
            }
            assertThatThrownBy(() -> clear(queue, Map.of(open, 0L)))
                    .isInstanceOf(SQLException.class)
                    .extracting(failure -> ((SQLException) failure).getSQLState())
                    .isEqualTo("55P03");
            slow.commit();

            assertThat(clear(queue, Map.of(open, 0L))).isFalse();
            assertThat(queue.position(id)).isLessThan(SEEN_EMPTY[0]);
        }
    }

    @Test
    void aReaderOfTheWholeTableHoldsItBackForItsOwnTime(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        queue.enqueue(3);
        drain(queue);
        try (Connection dump = database.connect();
                Statement statement = dump.createStatement()) {
            dump.setAutoCommit(false);
            statement.execute("LOCK TABLE " + queue.table() + " IN ACCESS SHARE MODE");
            assertThatThrownBy(() -> clear(queue, Map.of())).isInstanceOf(SQLException.class);
            dump.rollback();
        }
        assertThat(clear(queue, Map.of())).isTrue();
    }

    @Test
    void enqueuersWriteToTheSegmentThatTheyAreMovedTo(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        queue.enqueue();
        Leaf other = new Leaf(queue.leaf().queueId(), 2);

        assertThat(queue.<Boolean>transact(
                        connection -> QueueStore.clearSegment(connection, other, SEEN_EMPTY, Map.of(), 7L)))
                .isTrue();

        UUID id = queue.enqueue();
        assertThat(database.number("SELECT segment FROM penstock.live WHERE id = '" + id + "'"))
                .isEqualTo(2);
        assertThat(queue.transact(QueueStore::all))
                .filteredOn(stored -> stored.queueId() == other.queueId())
                .allMatch(stored -> stored.writeSegment() == 2 && stored.segmentSince() == 7);
    }
}
