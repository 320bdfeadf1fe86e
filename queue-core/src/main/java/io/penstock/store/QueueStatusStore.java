package io.penstock.store;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.QueueDefinition;
import io.penstock.job.QueueStatus;
import io.penstock.job.Retention;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a queue is set to and what is in it, and whether it is held back. Runs inside the caller's transaction. */
public final class QueueStatusStore {

    /** What is set of a queue. */
    public record Settings(
            int queueId,
            QueueDefinition definition,
            Instant createdAt,
            @Nullable Instant pausedAt,
            @Nullable String pausedBy,
            @Nullable String pauseReason) {}

    private QueueStatusStore() {}

    /** The queue of that name, or all of them. */
    public static List<Settings> settings(Connection connection, @Nullable String name) throws SQLException {
        List<Settings> settings = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("queue_settings"))) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ConcurrencyBudget budget =
                            new ConcurrencyBudget(row.getInt(3), row.getInt(4), row.getInt(5), row.getBoolean(6));
                    settings.add(new Settings(
                            row.getInt(1),
                            new QueueDefinition(row.getString(2), budget, new Retention(row.getInt(7), row.getInt(8))),
                            row.getObject(9, OffsetDateTime.class).toInstant(),
                            instant(row, 10),
                            row.getString(11),
                            row.getString(12)));
                }
            }
        }
        return settings;
    }

    /** What is in the queue, each count up to one more than the cap. */
    public static QueueStatus status(Connection connection, Settings settings, Instant discardedSince)
            throws SQLException {
        int cap = QueueStatus.CAP + 1;
        int available = 0;
        int running = 0;
        Instant head = null;
        for (int segment = 0; segment < Leaf.SEGMENTS; segment++) {
            String sql = Statements.of("queue_counts", new Leaf(settings.queueId(), segment));
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setInt(1, cap);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    available = Math.min(cap, available + row.getInt(1));
                    running = Math.min(cap, running + row.getInt(2));
                    head = earlier(head, instant(row, 3));
                }
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("queue_waiting"))) {
            statement.setInt(1, settings.queueId());
            statement.setInt(2, cap);
            statement.setInt(3, settings.queueId());
            statement.setInt(4, settings.queueId());
            statement.setObject(5, discardedSince.atOffset(ZoneOffset.UTC));
            statement.setInt(6, cap);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new QueueStatus(
                        settings.definition(),
                        settings.createdAt(),
                        available,
                        running,
                        row.getInt(1),
                        row.getInt(3),
                        head,
                        instant(row, 2),
                        settings.pausedAt(),
                        settings.pausedBy(),
                        settings.pauseReason());
            }
        }
    }

    /** Holds the queue back; answers false where it is held back already. */
    public static boolean pause(Connection connection, String name, String who, @Nullable String why)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("pause_queue"))) {
            statement.setString(1, who);
            statement.setString(2, why);
            statement.setString(3, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Lets the queue go on; answers false where it was not held back. */
    public static boolean resume(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("resume_queue"))) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
        return moment == null || moment.equals(OffsetDateTime.MAX) ? null : moment.toInstant(); // parked is never due
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }
}
