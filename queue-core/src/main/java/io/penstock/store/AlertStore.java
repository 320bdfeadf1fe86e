package io.penstock.store;

import io.penstock.objective.Alert;
import io.penstock.objective.AlertRoute;
import io.penstock.objective.Condition;
import io.penstock.objective.Severity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
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
            List<Function<Condition, @Nullable String>> columns = List.of(
                    Condition::key,
                    condition -> condition.rule().word(),
                    condition -> condition.severity().word(),
                    Condition::subject,
                    Condition::queue,
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
            Connection connection,
            String pattern,
            @Nullable Instant begins,
            Duration lasting,
            String who,
            @Nullable String why)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("silence"))) {
            statement.setString(1, pattern);
            statement.setString(2, begins == null ? null : begins.toString());
            statement.setLong(3, lasting.toSeconds());
            statement.setString(4, who);
            statement.setString(5, why);
            statement.execute();
        }
    }

    /** A route, and the key of an alert that goes there. */
    public record Routed(String key, AlertRoute route) {}

    /** Where alerts of some keys go. */
    public static List<Routed> routes(Connection connection, List<String> keys) throws SQLException {
        List<Routed> routed = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("alert_routes_of"))) {
            statement.setArray(1, connection.createArrayOf("text", keys.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    routed.add(new Routed(row.getString(7), route(row)));
                }
            }
        }
        return routed;
    }

    /** All routes, by name. */
    public static List<AlertRoute> routes(Connection connection) throws SQLException {
        List<AlertRoute> routes = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("alert_routes"));
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                routes.add(route(row));
            }
        }
        return routes;
    }

    private static AlertRoute route(ResultSet row) throws SQLException {
        return new AlertRoute(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                AlertRoute.Format.valueOf(row.getString(5).toUpperCase(Locale.ROOT)),
                row.getString(6));
    }

    /** Makes a route or changes it; answers false if its queue is not there. */
    public static boolean setRoute(Connection connection, AlertRoute route) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("set_alert_route"))) {
            statement.setString(1, route.name());
            statement.setString(2, route.type());
            statement.setString(3, route.pattern());
            statement.setString(4, route.format().name().toLowerCase(Locale.ROOT));
            statement.setString(5, route.link());
            statement.setString(6, route.queue());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Removes a route; answers whether there was one. */
    public static boolean removeRoute(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("remove_alert_route"))) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
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
                        row.getString(12),
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
