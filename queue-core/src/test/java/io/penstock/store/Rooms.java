package io.penstock.store;

import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The three rooms of one queue in a database of its own, filled and emptied. Only the test has them analysed. */
final class Rooms {

    private static final int LIVE = 1_000_000;
    private static final int WAITING = 100_000;
    private static final int FINISHED = 200_000;

    private final PenstockDatabase database;
    private final QueueUnderTest queue;
    private final List<String> tables;

    Rooms(PenstockDatabase database) throws SQLException {
        this.database = database;
        this.queue = new QueueUnderTest(database);
        String today = database.query("SELECT to_char(penstock.clock() AT TIME ZONE 'UTC', 'YYYYMMDD')")
                .get(0);
        this.tables = List.of(queue.table(), "penstock.waiting", "penstock.finished_" + today);
        each("ALTER TABLE %s SET (autovacuum_enabled = off)");
    }

    QueueUnderTest queue() {
        return queue;
    }

    void fill() throws SQLException {
        fill(LIVE, WAITING, FINISHED);
    }

    void fill(int live, int waiting, int finished) throws SQLException {
        int queueId = queue.leaf().queueId();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit = off");
            statement.execute("INSERT INTO " + queue.table()
                    + " (id, position, enqueued_at, eligible_at, queue_id, max_attempts, segment, priority, type, payload)"
                    + " SELECT lpad(to_hex(n), 32, '0')::uuid, n, now(), now(), " + queueId
                    + ", 20, 0, n % 4, 'note', '{}' FROM generate_series(1, " + live + ") AS n");
            statement.execute(
                    "INSERT INTO penstock.waiting (id, due_at, enqueued_at, eligible_at, queue_id, max_attempts, priority,"
                            + " state, type, payload) SELECT gen_random_uuid(), now(), now(), now(), " + queueId
                            + ", 20, 2, 'scheduled', 'note', '{}' FROM generate_series(1, " + waiting + ")");
            statement.execute(
                    "INSERT INTO penstock.finished (id, lease_token, enqueued_at, eligible_at, claimed_at, finished_at,"
                            + " queue_id, generation, attempt, max_attempts, priority, state, reason, type, tags, metadata,"
                            + " failures, payload) SELECT gen_random_uuid(), 1, now(), now(), now(), now(), " + queueId
                            + ", 1, 1, 20, 2, CASE n % 10 WHEN 0 THEN 'discarded' ELSE 'completed' END, 'no reason', 'note',"
                            + " '{}', '{}', '[]', '{}' FROM generate_series(1, " + finished + ") AS n");
        }
    }

    void analyse() throws SQLException {
        each("ANALYZE %s");
    }

    /** The rows go, their pages stay: analysed now, the room is known to have no rows, however many its pages hold later. */
    void delete() throws SQLException {
        each("DELETE FROM %s");
    }

    void truncate() throws SQLException {
        each("TRUNCATE %s");
    }

    private void each(String sql) throws SQLException {
        for (String table : tables) {
            database.execute(sql.formatted(table));
        }
    }
}
