package io.penstock.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who waits for whose locks, as the server knows it. Runs inside the caller's transaction unless it says otherwise. */
public final class BlockerStore {

    /**
     * A session that waits or is waited for, or a prepared transaction that is waited for.
     *
     * @param pid 0 of a prepared transaction
     * @param gid of a prepared transaction, else null
     * @param begun the second of the epoch in which the session began
     * @param openSeconds for how long its transaction is open
     * @param stateSeconds for how long it is in its state
     * @param others of a session, the sessions that it waits for; of a prepared transaction, those that wait for it
     * @param waitsFor the table that it waits for a lock on, if it is one
     */
    public record Party(
            int pid,
            @Nullable String gid,
            long begun,
            String login,
            String application,
            String state,
            long openSeconds,
            long stateSeconds,
            String query,
            Set<Integer> others,
            @Nullable String waitsFor) {}

    private BlockerStore() {}

    public static List<Party> parties(Connection connection) throws SQLException {
        List<Party> parties = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("blockers"));
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                Set<Integer> others =
                        Arrays.stream((Integer[]) row.getArray(10).getArray()).collect(Collectors.toSet());
                parties.add(new Party(
                        row.getInt(1),
                        row.getString(2),
                        row.getLong(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getLong(7),
                        row.getLong(8),
                        row.getString(9),
                        others,
                        row.getString(11)));
            }
        }
        return parties;
    }

    /** Ends a session; answers false if it has ended. */
    public static boolean endSession(Connection connection, int pid, long begun) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("end_session"))) {
            statement.setInt(1, pid);
            statement.setLong(2, begun);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** Commits that wait for a standby. */
    public record StandbyWaits(int commits, long seconds, String standbys) {}

    public static StandbyWaits standbyWaits(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("standby_waits"));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new StandbyWaits(row.getInt(1), row.getLong(2), row.getString(3));
        }
    }

    /** A transaction of ours that was ended. */
    public record Overdue(int pid, String application, double openSeconds, String state) {}

    /** Ends transactions of ours that are open for longer than they may be. */
    public static List<Overdue> endOverdue(Connection connection) throws SQLException {
        List<Overdue> ended = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("end_overdue"));
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                ended.add(new Overdue(row.getInt(1), row.getString(2), row.getDouble(3), row.getString(4)));
            }
        }
        return ended;
    }

    /** Rolls a prepared transaction back. Must not be inside a transaction. */
    public static void rollbackPrepared(Connection connection, String gid) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK PREPARED " + statement.enquoteLiteral(gid));
        }
    }
}
