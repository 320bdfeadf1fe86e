package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** A claim leaves every index alone (HOT), also while an old snapshot keeps the server from tidying a page. */
@PenstockDatabase.Fresh
class HotClaimTest {

    private static final int JOBS = 4_000;

    @Test
    void claimsAreHot(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        queue.enqueue(JOBS);

        claimAll(queue);

        assertThat(hotShare(database, queue)).isGreaterThanOrEqualTo(0.99);
    }

    @Test
    void claimsAreHotWhileAnOldSnapshotIsHeld(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        try (Connection old = database.connect()) {
            holdSnapshot(old);
            queue.enqueue(JOBS);

            claimAll(queue);

            old.rollback();
        }
        assertThat(hotShare(database, queue)).isGreaterThanOrEqualTo(0.99);
    }

    @Test
    void secondClaimsAreHotWhileAnOldSnapshotIsHeld(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        queue.enqueue(JOBS);
        database.execute(
                "INSERT INTO penstock.waiting (id, due_at, enqueued_at, eligible_at, queue_id, max_attempts, priority, state,"
                        + " type, payload, lease_token, attempt, first_claimed_at, failures) SELECT id, eligible_at, enqueued_at, eligible_at,"
                        + " queue_id, max_attempts, priority, 'retryable', type, payload, 1, 1, eligible_at, '[{\"error\": \"boom\"}]' FROM "
                        + queue.table() + "; DELETE FROM " + queue.table());
        for (int promoted = 0; promoted < JOBS; promoted += 1_000) {
            assertThat(queue.promote(1_000)).isEqualTo(1_000);
        }
        try (Connection old = database.connect()) {
            holdSnapshot(old);

            claimAll(queue);

            old.rollback();
        }
        assertThat(hotShare(database, queue)).isGreaterThanOrEqualTo(0.99);
    }

    private static void holdSnapshot(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT count(*) FROM penstock.queue");
        }
    }

    private static void claimAll(QueueUnderTest queue) throws SQLException {
        long worker = queue.worker();
        for (int claimed = 0; claimed < JOBS; claimed += 500) {
            assertThat(queue.claim(worker, 500)).hasSize(500);
        }
    }

    private static double hotShare(PenstockDatabase database, QueueUnderTest queue) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_stat_force_next_flush()");
            statement.execute("SELECT pg_stat_clear_snapshot()");
            long deadline = System.nanoTime() + 10_000_000_000L;
            while (true) {
                try (ResultSet row = statement.executeQuery(
                        "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relid = '" + queue.table()
                                + "'::regclass")) {
                    row.next();
                    if (row.getLong(1) >= JOBS) {
                        return row.getLong(2) / (double) row.getLong(1);
                    }
                }
                assertThat(System.nanoTime())
                        .as("statistics of the claims arrive")
                        .isLessThan(deadline);
            }
        }
    }
}
