package io.penstock.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The days of "finished": made ahead, emptied when their time is over, and removed. */
public final class DayStore {

    /**
     * A day that was emptied.
     *
     * @param digits year, month and day
     * @param detaching whether the removal of its partition was begun and broken off
     */
    public record ExpiredDay(String digits, boolean detaching) {

        public ExpiredDay {
            if (!digits.matches("[0-9]{8}")) {
                throw new IllegalArgumentException("day: expected eight digits, was " + digits);
            }
        }
    }

    private DayStore() {}

    /** Makes the days that are missing; answers how many. Inside the caller's transaction. */
    public static int ensure(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("ensure_days"));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Removes some of what no queue keeps any longer; answers whether there may be more. Inside the caller's transaction. */
    public static boolean prune(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("prune_day"));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /** Forgets idempotency keys whose time is over; answers how many. Inside the caller's transaction. */
    public static int forgetKeys(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("forget_keys"));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Forgets keys of unique jobs that have ended; answers how many. Inside the caller's transaction. */
    public static int forgetUniqueKeys(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("forget_unique_keys"));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    public static List<ExpiredDay> expired(Connection connection) throws SQLException {
        List<ExpiredDay> expired = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("expired_days"));
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                expired.add(new ExpiredDay(rows.getString(1), rows.getBoolean(2)));
            }
        }
        return expired;
    }

    /**
     * Removes the partition of an emptied day, outside any transaction. DETACH CONCURRENTLY holds up nobody while it waits;
     * what it leaves when it waited in vain is finished by the next call.
     */
    public static void remove(Connection connection, ExpiredDay day) throws SQLException {
        String table = "penstock.finished_" + day.digits();
        try (Statement statement = connection.createStatement()) {
            if (attached(statement, table)) {
                statement.execute("ALTER TABLE penstock.finished DETACH PARTITION " + table
                        + (day.detaching() ? " FINALIZE" : " CONCURRENTLY"));
            }
            statement.execute("DROP TABLE IF EXISTS " + table);
            statement.execute("DELETE FROM penstock.retained_day WHERE day = '" + day.digits() + "'");
        }
    }

    private static boolean attached(Statement statement, String table) throws SQLException {
        try (ResultSet row = statement.executeQuery(
                "SELECT EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhrelid = to_regclass('" + table + "'))")) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
