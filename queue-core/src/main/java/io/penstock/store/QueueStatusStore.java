package io.penstock.store;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.Pause;
import io.penstock.job.QueueDefinition;
import io.penstock.job.QueueStatus;
import io.penstock.job.Retention;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a queue is set to and what is in it. Runs inside the caller's transaction. */
public final class QueueStatusStore {

    /** What is set of a queue. */
    public record Settings(int queueId, QueueDefinition definition, Instant createdAt, List<Pause> pauses) {}

    /** A key of which jobs are parked, and how many of it run. */
    public record ParkedKey(String key, int running) {}

    /** Something that there are several of. */
    public record Counted(String what, int count) {}

    private static final int KEYS_SHOWN = 3;
    private static final int SNOOZES_LOOKED_AT = 1_000;

    private QueueStatusStore() {}

    /** The first keys of a queue that have parked jobs. */
    public static List<ParkedKey> parkedKeys(Connection connection, int queueId) throws SQLException {
        List<ParkedKey> keys = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("parked_keys"))) {
            statement.setInt(1, queueId);
            statement.setInt(2, queueId);
            statement.setInt(3, KEYS_SHOWN);
            statement.setInt(4, queueId);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    keys.add(new ParkedKey(row.getString(1), row.getInt(2)));
                }
            }
        }
        return keys;
    }

    /** Why jobs of a queue were snoozed, of those that are due next. */
    public static List<Counted> snoozeReasons(Connection connection, int queueId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("snooze_reasons"))) {
            statement.setInt(1, queueId);
            statement.setInt(2, SNOOZES_LOOKED_AT);
            statement.setInt(3, KEYS_SHOWN);
            return counted(statement);
        }
    }

    /** Who has the slots of a queue's strict limit. */
    public static List<Counted> slotHolders(Connection connection, int queueId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("slot_holders"))) {
            statement.setInt(1, queueId);
            return counted(statement);
        }
    }

    private static List<Counted> counted(PreparedStatement statement) throws SQLException {
        List<Counted> all = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                all.add(new Counted(row.getString(1), row.getInt(2)));
            }
        }
        return all;
    }

    /** The queue of that name, or all of them. */
    public static List<Settings> settings(Connection connection, @Nullable String name) throws SQLException {
        Map<Integer, List<Pause>> pauses = PauseStore.all(connection);
        List<Settings> settings = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("queue_settings"))) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ConcurrencyBudget budget = new ConcurrencyBudget(
                            row.getInt(3), row.getInt(4), row.getInt(5), row.getBoolean(6), LendingColumn.read(row, 7));
                    settings.add(new Settings(
                            row.getInt(1),
                            new QueueDefinition(
                                    row.getString(2),
                                    budget,
                                    new Retention(row.getInt(8), row.getInt(9)),
                                    row.getInt(11),
                                    RateColumn.read(row, 12),
                                    RateColumn.read(row, 13),
                                    ageing(row, 14),
                                    row.getBoolean(15)),
                            row.getObject(10, OffsetDateTime.class).toInstant(),
                            pauses.getOrDefault(row.getInt(1), List.of())));
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
                        settings.pauses());
            }
        }
    }

    private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
        return moment == null || moment.equals(OffsetDateTime.MAX) ? null : moment.toInstant(); // parked is never due
    }

    private static @Nullable Duration ageing(ResultSet row, int column) throws SQLException {
        int milliseconds = row.getInt(column);
        return row.wasNull() ? null : Duration.ofMillis(milliseconds);
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }
}
