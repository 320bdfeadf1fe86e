package io.penstock.store;

import io.penstock.database.Pipeline;
import io.penstock.job.Priority;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

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
        Pipeline pipeline = new Pipeline();
        long[][] lowest = {floors};
        lowestAvailable(pipeline, leaf, floors, settled, found -> lowest[0] = found);
        pipeline.run(connection);
        return lowest[0];
    }

    /** The same as a step of a pipeline. */
    public static void lowestAvailable(
            Pipeline pipeline, Leaf leaf, long[] floors, long settled, Consumer<long[]> lowest) {
        pipeline.add(
                Statements.of("lowest_available", leaf),
                (statement, first) -> {
                    int next = first;
                    for (int level = 0; level < Priority.LEVELS; level++) {
                        statement.setLong(next++, floors[level]);
                        statement.setLong(next++, settled);
                    }
                    return next;
                },
                row -> {
                    row.next();
                    long[] found = new long[Priority.LEVELS];
                    for (int level = 0; level < found.length; level++) {
                        found[level] = row.getLong(level + 1);
                        if (row.wasNull()) {
                            found[level] = settled + 1;
                        }
                    }
                    lowest.accept(found);
                });
    }

    private static long transactionId(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of(name));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return Long.parseLong(row.getString(1));
        }
    }
}
