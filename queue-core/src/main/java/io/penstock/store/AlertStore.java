package io.penstock.store;

import io.penstock.objective.Alert;
import io.penstock.objective.Condition;
import io.penstock.objective.Severity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Alerts as they are stored. Runs inside the caller's transaction. */
public final class AlertStore {

    private AlertStore() {}

    /** Says that conditions hold; answers the alerts that this opened. */
    public static List<Alert> raise(Connection connection, List<Condition> conditions) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("raise_alerts"))) {
            List<Function<Condition, String>> columns = List.of(
                    Condition::key,
                    condition -> condition.rule().word(),
                    condition -> condition.severity().name().toLowerCase(Locale.ROOT),
                    Condition::subject,
                    Condition::sentence,
                    Condition::advice);
            for (int column = 0; column < columns.size(); column++) {
                Object[] values = conditions.stream().map(columns.get(column)).toArray();
                statement.setArray(column + 1, connection.createArrayOf("text", values));
            }
            return read(statement).stream().filter(Alert::fresh).toList();
        }
    }

    /** Ends alerts that were not said to hold for a while; answers those that this ended. */
    public static List<Alert> resolve(Connection connection, Duration hold) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("resolve_alerts"))) {
            statement.setLong(1, hold.toMillis());
            return read(statement);
        }
    }

    /** Alerts, the newest first. */
    public static List<Alert> find(Connection connection, boolean openOnly, int most) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("alerts"))) {
            statement.setBoolean(1, openOnly);
            statement.setInt(2, most);
            return read(statement);
        }
    }

    /** Tells nobody for a while of alerts whose keys are like a pattern. */
    public static void silence(
            Connection connection, String pattern, Duration lasting, String who, @Nullable String why)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("silence"))) {
            statement.setString(1, pattern);
            statement.setLong(2, lasting.toSeconds());
            statement.setString(3, who);
            statement.setString(4, why);
            statement.execute();
        }
    }

    private static List<Alert> read(PreparedStatement statement) throws SQLException {
        List<Alert> alerts = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                OffsetDateTime resolved = row.getObject(10, OffsetDateTime.class);
                alerts.add(new Alert(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        Severity.valueOf(row.getString(4).toUpperCase(Locale.ROOT)),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7),
                        row.getObject(8, OffsetDateTime.class).toInstant(),
                        row.getObject(9, OffsetDateTime.class).toInstant(),
                        resolved == null ? null : resolved.toInstant(),
                        row.getBoolean(11)));
            }
        }
        return alerts;
    }
}
