package io.penstock.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The slots of strict limits: a worker runs no more than it has taken. Runs inside the caller's transaction. */
public final class SlotStore {

    /**
     * The slots that a worker has.
     *
     * @param within those that count
     * @param beyond those that do not, since the limit was lowered: above it, or in place of one above it that somebody has
     */
    public record Held(int within, int beyond) {

        public static final Held NONE = new Held(0, 0);

        public int all() {
            return within + beyond;
        }
    }

    private SlotStore() {}

    /** Takes what is free until the worker has as many as wanted; answers what it has now. */
    public static Held take(Connection connection, int queueId, long workerId, int wanted) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("take_slots"))) {
            statement.setInt(1, queueId);
            statement.setLong(2, workerId);
            statement.setInt(3, queueId);
            statement.setInt(4, wanted);
            statement.setLong(5, workerId);
            statement.setLong(6, workerId);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Held(row.getInt(1), row.getInt(2));
            }
        }
    }

    /** Gives back what the worker has more than it keeps. */
    public static void release(Connection connection, int queueId, long workerId, int kept) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("release_slots"))) {
            statement.setInt(1, queueId);
            statement.setLong(2, workerId);
            statement.setInt(3, kept);
            statement.setInt(4, queueId);
            statement.setLong(5, workerId);
            statement.execute();
        }
    }

    /** How many the worker has; nobody takes them before the transaction ends. */
    public static int lock(Connection connection, int queueId, long workerId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("lock_slots"))) {
            statement.setInt(1, queueId);
            statement.setLong(2, workerId);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
