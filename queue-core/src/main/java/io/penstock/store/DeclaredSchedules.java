package io.penstock.store;

import io.penstock.job.NewJob;
import io.penstock.store.ScheduleStore.StoredRule;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was declared as schedules: written and read as a whole. Runs inside the caller's transaction. */
public final class DeclaredSchedules {

    /**
     * A declaration to be stored.
     *
     * @param job what each tick makes; its id is not used
     * @param payload the job's payload as JSON
     */
    public record Declaration(String name, StoredRule rule, String catchUp, NewJob<?> job, String payload) {}

    /** A schedule as stored, and the time in the database. */
    public record Declared(
            String name,
            String queue,
            String type,
            StoredRule rule,
            String catchUp,
            Instant countsFrom,
            @Nullable Instant nextTick,
            @Nullable Instant lastTick,
            @Nullable Instant pausedAt,
            @Nullable String lastError,
            @Nullable Instant failingSince,
            String declaredBy,
            Instant declaredAt,
            Instant clock) {}

    private DeclaredSchedules() {}

    /** Makes or changes a schedule; answers whether there was anything to do. */
    public static boolean declare(Connection connection, Declaration schedule) throws SQLException {
        NewJob<?> job = schedule.job();
        StoredRule rule = schedule.rule();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("declare_schedule"))) {
            statement.setString(1, schedule.name());
            statement.setString(2, job.queue());
            statement.setString(3, job.type().name());
            statement.setString(4, schedule.payload());
            statement.setString(5, rule.cron());
            statement.setString(6, rule.zone());
            statement.setObject(7, rule.everyMilliseconds(), Types.BIGINT);
            ScheduleStore.bindMoment(statement, 8, rule.anchor());
            statement.setString(9, schedule.catchUp());
            statement.setInt(10, job.priority().level());
            statement.setInt(11, job.maxAttempts());
            statement.setString(12, job.concurrencyKey());
            statement.setArray(13, texts(connection, job.tags()));
            List<String> keys = new ArrayList<>(job.metadata().keySet());
            statement.setArray(14, texts(connection, keys));
            statement.setArray(
                    15, texts(connection, keys.stream().map(job.metadata()::get).toList()));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return !row.getString(1).equals("unchanged");
            }
        }
    }

    /** The schedule of a name, or all of them in order of name. */
    public static List<Declared> find(Connection connection, @Nullable String name) throws SQLException {
        List<Declared> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("schedules"))) {
            statement.setString(1, name);
            statement.setString(2, name);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(read(rows));
                }
            }
        }
        return found;
    }

    private static Declared read(ResultSet row) throws SQLException {
        return new Declared(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                ScheduleStore.rule(row, 4),
                row.getString(8),
                ScheduleStore.moment(row, 9),
                ScheduleStore.optionalMoment(row, 10),
                ScheduleStore.optionalMoment(row, 11),
                ScheduleStore.optionalMoment(row, 12),
                row.getString(13),
                ScheduleStore.optionalMoment(row, 14),
                row.getString(15),
                ScheduleStore.moment(row, 16),
                ScheduleStore.moment(row, 17));
    }

    private static java.sql.Array texts(Connection connection, List<String> texts) throws SQLException {
        return connection.createArrayOf("text", texts.toArray());
    }
}
