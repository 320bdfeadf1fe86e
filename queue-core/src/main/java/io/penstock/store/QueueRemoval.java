package io.penstock.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Removes a queue, step by step; each may be repeated. Only the owner of the schema may. In order: {@link #close}, so that it
 * takes no more jobs; {@link #detach}, after which no transaction that began before is left; {@link #drop}, if it is empty.
 */
public final class QueueRemoval {

    private QueueRemoval() {}

    /** The id of a queue that is there or was begun to be removed; 0 if there is none. */
    public static int find(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("removable_queue"))) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }

    /** Lets the queue take no more jobs, or take them again. */
    public static void close(Connection connection, int queueId, boolean closed) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("close_queue"))) {
            statement.setBoolean(1, closed);
            statement.setInt(2, queueId);
            statement.execute();
        }
    }

    /** How many jobs it has that have not ended, counted up to some thousand. */
    public static long jobsLeft(Connection connection, int queueId) throws SQLException {
        long left = 0;
        for (int segment = 0; segment < Leaf.SEGMENTS; segment++) {
            try (PreparedStatement statement =
                    connection.prepareStatement(Statements.of("jobs_left", new Leaf(queueId, segment)))) {
                statement.setInt(1, queueId);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    left = Math.max(left, row.getLong(1));
                }
            }
        }
        return left;
    }

    /** Takes the queue's tables out of "live", outside any transaction; waits for others, and holds up none of them. */
    public static void detach(Connection connection, int queueId) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT inhdetachpending FROM pg_catalog.pg_inherits"
                        + " WHERE inhrelid = to_regclass('penstock.live_q" + queueId + "')")) {
            if (row.next()) {
                String how = row.getBoolean(1) ? " FINALIZE" : " CONCURRENTLY";
                statement.execute("ALTER TABLE penstock.live DETACH PARTITION penstock.live_q" + queueId + how);
            }
        }
    }

    /** Puts the tables back if they were taken out, inside the caller's transaction. */
    public static void attach(Connection connection, int queueId) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT relispartition FROM pg_catalog.pg_class WHERE oid ="
                        + " to_regclass('penstock.live_q" + queueId + "')")) {
            if (!row.next() || row.getBoolean(1)) {
                return;
            }
            statement.execute("ALTER TABLE penstock.live ATTACH PARTITION penstock.live_q" + queueId
                    + " FOR VALUES IN (" + queueId + ")");
        }
    }

    /** Drops what belongs to the queue alone, inside the caller's transaction. */
    public static void drop(Connection connection, int queueId) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS penstock.live_q" + queueId);
            statement.execute("DROP SEQUENCE IF EXISTS penstock.position_q" + queueId);
            statement.execute("DELETE FROM penstock.claim_ceiling WHERE queue_id = " + queueId);
            statement.execute("DELETE FROM penstock.slot WHERE queue_id = " + queueId);
            statement.execute("DELETE FROM penstock.bucket WHERE queue_id = " + queueId);
            statement.execute("DELETE FROM penstock.key_holder WHERE queue_id = " + queueId);
            statement.execute("DELETE FROM penstock.pause WHERE queue_id = " + queueId);
            statement.execute("DELETE FROM penstock.sleeper WHERE queue_id = " + queueId);
            statement.execute("DELETE FROM penstock.idempotency WHERE queue_id = " + queueId);
            statement.execute("DELETE FROM penstock.unique_key WHERE queue_id = " + queueId);
        }
    }
}
