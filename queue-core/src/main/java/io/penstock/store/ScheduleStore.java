package io.penstock.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Schedules and their ticks. Runs inside the caller's transaction. */
public final class ScheduleStore {

    /** A rule as stored: cron and zone, or period and anchor. */
    public record StoredRule(
            @Nullable String cron,
            @Nullable String zone,
            @Nullable Long everyMilliseconds,
            @Nullable Instant anchor) {}

    /**
     * A schedule that something has to be done about.
     *
     * @param countsFrom ticks after this moment are wanted
     * @param nextTick where it stands; null if nobody has computed that yet
     * @param clock the time in the database
     */
    public record DueSchedule(
            long scheduleId,
            int revision,
            String name,
            String queue,
            StoredRule rule,
            String catchUp,
            Instant countsFrom,
            @Nullable Instant nextTick,
            Instant clock) {}

    /**
     * What became of a schedule that was moved on.
     *
     * @param queueId 0 if there is no such queue, which only a move without jobs can tell
     */
    public record Fired(int queueId, int jobs, boolean recovered) {}

    private ScheduleStore() {}

    /** Due schedules, the longest due first, but none of the queues named. */
    public static List<DueSchedule> due(Connection connection, Collection<String> exceptQueues, int most)
            throws SQLException {
        List<DueSchedule> due = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("due_schedules"))) {
            statement.setArray(1, connection.createArrayOf("text", exceptQueues.toArray()));
            statement.setInt(2, most);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    due.add(new DueSchedule(
                            rows.getLong(1),
                            rows.getInt(2),
                            rows.getString(3),
                            rows.getString(4),
                            rule(rows, 5),
                            rows.getString(9),
                            moment(rows, 10),
                            optionalMoment(rows, 11),
                            moment(rows, 12)));
                }
            }
        }
        return due;
    }

    /** Makes the jobs of ticks and moves the schedule on; nothing if it is not where it was seen, or held by somebody. */
    public static Optional<Fired> fire(Connection connection, DueSchedule seen, List<Instant> ticks, Instant nextTick)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("fire_schedule"))) {
            bindSeen(statement, seen);
            statement.setArray(
                    4,
                    connection.createArrayOf(
                            "timestamptz", ticks.stream().map(Instant::toString).toArray()));
            statement.setString(5, nextTick.toString());
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Fired(row.getInt(1), row.getInt(2), row.getBoolean(3)))
                        : Optional.empty();
            }
        }
    }

    /** Notes a failure; answers whether it is news, or nothing as {@link #fire} does. */
    public static Optional<Boolean> fail(Connection connection, DueSchedule seen, String error, Duration retryAfter)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("fail_schedule"))) {
            bindSeen(statement, seen);
            statement.setString(4, error);
            statement.setLong(5, retryAfter.toMillis());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                boolean news = row.getBoolean(1);
                return row.wasNull() ? Optional.empty() : Optional.of(news);
            }
        }
    }

    public static boolean remove(Connection connection, String name) throws SQLException {
        return answered(connection, "remove_schedule", name);
    }

    public static boolean pause(Connection connection, String name) throws SQLException {
        return answered(connection, "pause_schedule", name);
    }

    public static boolean resume(Connection connection, String name) throws SQLException {
        return answered(connection, "resume_schedule", name);
    }

    /** Enqueues the schedule's job now; answers its id. */
    public static UUID run(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("run_schedule"))) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getObject(1, UUID.class);
            }
        }
    }

    private static boolean answered(Connection connection, String statementName, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of(statementName))) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static void bindSeen(PreparedStatement statement, DueSchedule seen) throws SQLException {
        statement.setLong(1, seen.scheduleId());
        statement.setInt(2, seen.revision());
        bindMoment(statement, 3, seen.nextTick());
    }

    static void bindMoment(PreparedStatement statement, int parameter, @Nullable Instant moment) throws SQLException {
        if (moment == null) {
            statement.setNull(parameter, Types.TIMESTAMP_WITH_TIMEZONE);
        } else {
            statement.setObject(parameter, moment.atOffset(ZoneOffset.UTC));
        }
    }

    /** The rule whose four columns begin with this one. */
    static StoredRule rule(ResultSet row, int first) throws SQLException {
        return new StoredRule(
                row.getString(first),
                row.getString(first + 1),
                row.getObject(first + 2, Long.class),
                optionalMoment(row, first + 3));
    }

    static Instant moment(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    static @Nullable Instant optionalMoment(ResultSet row, int column) throws SQLException {
        OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
        return moment == null ? null : moment.toInstant();
    }
}
