package io.penstock.store;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.QueueDefinition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Queues and their storage. Runs inside the caller's transaction. */
public final class QueueStore {

    /** A queue as stored. */
    public record StoredQueue(int queueId, String name, ConcurrencyBudget budget, int writeSegment) {}

    private QueueStore() {}

    /** Makes the queue with its partitions if it is new, and sets its concurrency budget. Answers its id. */
    public static int declare(Connection connection, QueueDefinition queue) throws SQLException {
        ConcurrencyBudget budget = queue.budget();
        int queueId;
        try (PreparedStatement statement = connection.prepareStatement("SELECT penstock.create_queue(?, ?, ?, ?)")) {
            statement.setString(1, queue.name());
            statement.setInt(2, budget.guarantee());
            statement.setInt(3, budget.limit());
            statement.setInt(4, budget.weight());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                queueId = row.getInt(1);
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("set_budget"))) {
            for (int offset : new int[] {0, 4}) {
                statement.setInt(offset + 1, budget.guarantee());
                statement.setInt(offset + 2, budget.limit());
                statement.setInt(offset + 3, budget.weight());
            }
            statement.setString(4, queue.name());
            statement.executeUpdate();
        }
        return queueId;
    }

    public static List<StoredQueue> all(Connection connection) throws SQLException {
        List<StoredQueue> queues = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("queues"));
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                queues.add(new StoredQueue(
                        rows.getInt(1),
                        rows.getString(2),
                        new ConcurrencyBudget(rows.getInt(3), rows.getInt(4), rows.getInt(5)),
                        rows.getInt(6)));
            }
        }
        return queues;
    }

    /** Makes the days of "finished" that are missing; answers how many. */
    public static int ensureDays(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("ensure_days"));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }
}
