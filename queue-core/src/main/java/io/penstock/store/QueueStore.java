package io.penstock.store;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.QueueDefinition;
import io.penstock.job.Retention;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Queues and their storage. Runs inside the caller's transaction. */
public final class QueueStore {

    /**
     * A queue as stored.
     *
     * @param segmentSince the position drawn last when the segment that is written to was chosen
     */
    public record StoredQueue(
            int queueId, String name, ConcurrencyBudget budget, int writeSegment, long segmentSince) {}

    /** How many parameters a queue's settings are. */
    private static final int SETTINGS = 12;

    private QueueStore() {}

    /** What a service says of its queue: counts if it is new, or something else than the service said before. Answers the queue's id. */
    public static int declare(Connection connection, QueueDefinition queue) throws SQLException {
        int queueId = create(connection, queue);
        ConcurrencyBudget budget = queue.budget();
        Retention retention = queue.retention();
        String declared = budget + "/" + retention.completedDays() + "/" + retention.failedDays()
                + (queue.throttles().isEmpty() ? "" : "/" + queue.throttles());
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("declare_queue"))) {
            settings(statement, queue, 1);
            statement.setString(SETTINGS + 1, declared);
            statement.setString(SETTINGS + 2, queue.name());
            statement.setString(SETTINGS + 3, declared);
            statement.executeUpdate();
        }
        makeSlots(connection, queueId);
        return queueId;
    }

    /** What an operator says of a queue. Answers its id. */
    public static int configure(Connection connection, QueueDefinition queue) throws SQLException {
        int queueId = create(connection, queue);
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("configure_queue"))) {
            settings(statement, queue, 1);
            statement.setString(SETTINGS + 1, queue.name());
            settings(statement, queue, SETTINGS + 2);
            statement.executeUpdate();
        }
        makeSlots(connection, queueId);
        return queueId;
    }

    private static void settings(PreparedStatement statement, QueueDefinition queue, int first) throws SQLException {
        statement.setInt(first, queue.budget().guarantee());
        statement.setInt(first + 1, queue.budget().limit());
        statement.setInt(first + 2, queue.budget().weight());
        statement.setBoolean(first + 3, queue.budget().strict());
        statement.setArray(
                first + 4,
                LendingColumn.array(statement.getConnection(), queue.budget().lending()));
        statement.setInt(first + 5, queue.retention().completedDays());
        statement.setInt(first + 6, queue.retention().failedDays());
        statement.setInt(first + 7, queue.perKey());
        statement.setArray(first + 8, RateColumn.array(statement.getConnection(), queue.rate()));
        statement.setArray(first + 9, RateColumn.array(statement.getConnection(), queue.keyRate()));
        Duration ageing = queue.ageing();
        statement.setObject(first + 10, ageing == null ? null : Math.toIntExact(ageing.toMillis()), Types.INTEGER);
        statement.setBoolean(first + 11, queue.heavy());
    }

    private static void makeSlots(Connection connection, int queueId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("make_slots"))) {
            statement.setInt(1, queueId);
            statement.executeUpdate();
        }
    }

    /** Makes the queue with its partitions if it is new. */
    private static int create(Connection connection, QueueDefinition queue) throws SQLException {
        ConcurrencyBudget budget = queue.budget();
        try (PreparedStatement statement = connection.prepareStatement("SELECT penstock.create_queue(?, ?, ?, ?)")) {
            statement.setString(1, queue.name());
            statement.setInt(2, budget.guarantee());
            statement.setInt(3, budget.limit());
            statement.setInt(4, budget.weight());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    public static List<StoredQueue> all(Connection connection) throws SQLException {
        List<StoredQueue> queues = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("queues"));
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                queues.add(new StoredQueue(
                        rows.getInt(1),
                        rows.getString(2),
                        new ConcurrencyBudget(
                                rows.getInt(3),
                                rows.getInt(4),
                                rows.getInt(5),
                                rows.getBoolean(6),
                                LendingColumn.read(rows, 7)),
                        rows.getInt(8),
                        rows.getLong(9)));
            }
        }
        return queues;
    }

    /**
     * Empties a segment if it is drained, and lets enqueuers write to it from a position on if one is given; answers whether
     * it did. A lock that is not free within 50 ms is an error.
     *
     * @param floors by level: up to there the segment was seen to be empty
     * @param open transactions that may have drawn positions up to the floors, each with the position drawn before
     */
    public static boolean clearSegment(
            Connection connection, Leaf leaf, long[] floors, Map<Long, Long> open, @Nullable Long writeFrom)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("clear_segment"))) {
            statement.setInt(1, leaf.queueId());
            statement.setInt(2, leaf.segment());
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "bigint", Arrays.stream(floors).boxed().toArray()));
            statement.setArray(
                    4,
                    connection.createArrayOf(
                            "text", open.keySet().stream().map(String::valueOf).toArray()));
            statement.setArray(
                    5, connection.createArrayOf("bigint", open.values().toArray()));
            statement.setObject(6, writeFrom, Types.BIGINT);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /** Renames a queue; answers whether there was one. */
    public static boolean rename(Connection connection, String name, String newName) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("rename_queue"))) {
            statement.setString(1, newName);
            statement.setString(2, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }
}
