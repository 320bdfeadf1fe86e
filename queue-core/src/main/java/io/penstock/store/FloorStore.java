package io.penstock.store;

import io.penstock.job.Priority;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** What the claim floors are made of: positions drawn, transactions settled, and the lowest job still available. */
public final class FloorStore {

    private FloorStore() {}

    /** The highest position drawn in each queue, by queue id. The transaction must not have an id yet. */
    public static Map<Integer, Long> lastPositions(Connection connection) throws SQLException {
        Map<Integer, Long> positions = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("last_positions"));
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                positions.put(rows.getInt(1), rows.getLong(2));
            }
        }
        return positions;
    }

    /** A transaction id of our own, later than all that had one before. */
    public static long newTransactionId(Connection connection) throws SQLException {
        return transactionId(connection, "new_transaction_id");
    }

    /** The oldest transaction id still in progress. */
    public static long oldestTransactionId(Connection connection) throws SQLException {
        return transactionId(connection, "oldest_transaction_id");
    }

    /**
     * The lowest position of each level at which a job is available, between its floor and the settled position; the
     * position after the settled one where there is none.
     */
    public static long[] lowestAvailable(Connection connection, Leaf leaf, long[] floors, long settled)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("lowest_available", leaf))) {
            for (int level = 0; level < Priority.LEVELS; level++) {
                statement.setLong(2 * level + 1, floors[level]);
                statement.setLong(2 * level + 2, settled);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                long[] lowest = new long[Priority.LEVELS];
                for (int level = 0; level < lowest.length; level++) {
                    long found = row.getLong(level + 1);
                    lowest[level] = row.wasNull() ? settled + 1 : found;
                }
                return lowest;
            }
        }
    }

    private static long transactionId(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of(name));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return Long.parseLong(row.getString(1));
        }
    }
}
