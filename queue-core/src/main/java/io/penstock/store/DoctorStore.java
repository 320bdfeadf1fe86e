package io.penstock.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the server knows of itself and of Penstock on it. Runs inside the caller's transaction. */
public final class DoctorStore {

    /**
     * A session, and the server around it.
     *
     * @param seesOthers whether it is told what sessions of other logins do
     * @param connectionsAllowed without those that are kept for superusers
     * @param loginLimit how many connections the login may have, or -1
     * @param statementTimeout in milliseconds as the login finds it, 0 for none
     * @param idleTimeout the same for a transaction that is left idle
     */
    public record ServerSession(
            String login,
            String database,
            boolean worker,
            boolean enqueuer,
            boolean reader,
            boolean superuser,
            boolean seesOthers,
            int connectionsAllowed,
            int connectionsUsed,
            int loginLimit,
            int loginConnections,
            long statementTimeout,
            long idleTimeout,
            Instant clock,
            boolean rolesExist) {}

    public record Workers(int beating, int silent, int lost) {}

    /**
     * Who keeps old row versions.
     *
     * @param seconds for how long; 0 where that is not known
     */
    public record Holder(String what, long seconds, boolean dated) {}

    /**
     * What a queue's handlers were busy with lately.
     *
     * @param jobs how many last attempts ended
     * @param busySeconds how long they took in all, from claim to end
     * @param seconds the time in which they ended
     */
    public record Load(int jobs, double busySeconds, double seconds) {}

    private DoctorStore() {}

    /** By name of the queue. */
    public static Map<String, Load> load(Connection connection) throws SQLException {
        Map<String, Load> load = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("doctor_load"));
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                load.put(row.getString(1), new Load(row.getInt(2), row.getDouble(3), row.getDouble(4)));
            }
        }
        return load;
    }

    public static ServerSession session(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("doctor_session"));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new ServerSession(
                    row.getString(1),
                    row.getString(2),
                    row.getBoolean(3),
                    row.getBoolean(4),
                    row.getBoolean(5),
                    row.getBoolean(6),
                    row.getBoolean(7),
                    row.getInt(8),
                    row.getInt(9),
                    row.getInt(10),
                    row.getInt(11),
                    row.getLong(12),
                    row.getLong(13),
                    row.getObject(14, OffsetDateTime.class).toInstant(),
                    row.getBoolean(15));
        }
    }

    public static Workers workers(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("doctor_workers"));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new Workers(row.getInt(1), row.getInt(2), row.getInt(3));
        }
    }

    /** For how many days on end ended jobs have a place, today among them. */
    public static int daysAhead(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("doctor_days"));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    public static List<Holder> snapshotHolders(Connection connection) throws SQLException {
        List<Holder> holders = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("doctor_snapshots"));
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                long seconds = row.getLong(2);
                holders.add(new Holder(row.getString(1), seconds, !row.wasNull()));
            }
        }
        return holders;
    }

    public static List<String> invalidIndexes(Connection connection) throws SQLException {
        List<String> indexes = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("doctor_indexes"));
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                indexes.add(row.getString(1));
            }
        }
        return indexes;
    }
}
