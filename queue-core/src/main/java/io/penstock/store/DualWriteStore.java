package io.penstock.store;

import io.penstock.database.Pipeline;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One side of writes to two databases. Runs inside the caller's transaction. */
public final class DualWriteStore {

    /**
     * What a side is at.
     *
     * @param epoch grows with each change of who is in charge
     * @param comparing whether reads ask both sides
     * @param promised the epoch of the last attempt to change who is in charge
     */
    public record SideState(long epoch, boolean inCharge, boolean comparing, long promised) {}

    /** How far a key has come on a side. */
    public record KeyState(long sequence, double secondsAgo) {

        /** Of a key that was never written through here. */
        public static final KeyState NEVER = new KeyState(0, Double.POSITIVE_INFINITY);
    }

    private DualWriteStore() {}

    /** Holds off changes of who is in charge until the transaction ends, and then reads what the side is at; in one round trip. */
    public static @Nullable SideState hold(Connection connection, Pipeline pipeline, String name) throws SQLException {
        SideState[] state = new SideState[1];
        pipeline.add(
                Statements.of("dual_write_hold"),
                (statement, first) -> {
                    statement.setString(first, name);
                    return first + 1;
                },
                held -> {});
        pipeline.add(
                Statements.of("dual_write_side"),
                (statement, first) -> {
                    statement.setString(first, name);
                    return first + 1;
                },
                row -> state[0] = row.next() ? side(row) : null);
        pipeline.run(connection);
        return state[0];
    }

    /** Holds off writers too, until the transaction ends, for who changes it. */
    public static void holdAlone(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("dual_write_hold_alone"))) {
            statement.setString(1, name);
            statement.execute();
        }
    }

    public static @Nullable SideState state(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("dual_write_side"))) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? side(row) : null;
            }
        }
    }

    private static SideState side(ResultSet row) throws SQLException {
        return new SideState(row.getLong(1), row.getBoolean(2), row.getBoolean(3), row.getLong(4));
    }

    public static void declare(Connection connection, String name, boolean inCharge) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("dual_write_declare"))) {
            statement.setString(1, name);
            statement.setBoolean(2, inCharge);
            statement.executeUpdate();
        }
    }

    /** Answers whether the side was still as it was seen. */
    public static boolean change(Connection connection, String name, SideState seen, SideState wanted)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("dual_write_change"))) {
            statement.setLong(1, wanted.epoch());
            statement.setBoolean(2, wanted.inCharge());
            statement.setLong(3, wanted.promised());
            statement.setString(4, name);
            statement.setLong(5, seen.epoch());
            statement.setLong(6, seen.promised());
            return statement.executeUpdate() == 1;
        }
    }

    public static void compare(Connection connection, String name, boolean comparing) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("dual_write_compare"))) {
            statement.setBoolean(1, comparing);
            statement.setString(2, name);
            statement.executeUpdate();
        }
    }

    /** Draws the number of a write. */
    public static long next(Connection connection, String name, String key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("dual_write_next"))) {
            statement.setString(1, name);
            statement.setString(2, key);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Takes note of a write on the side that follows; answers whether it is the one to be made now. */
    public static boolean follow(Connection connection, String name, String key, long sequence, boolean overGaps)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("dual_write_follow"))) {
            statement.setString(1, name);
            statement.setString(2, key);
            statement.setLong(3, sequence);
            statement.setLong(4, sequence);
            statement.setBoolean(5, overGaps);
            statement.setString(6, name);
            statement.setString(7, key);
            statement.setBoolean(8, overGaps);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** How far keys have come; those that were never written are left out. */
    public static Map<String, KeyState> sequences(Connection connection, String name, Collection<String> keys)
            throws SQLException {
        Map<String, KeyState> states = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("dual_write_sequences"))) {
            statement.setString(1, name);
            statement.setArray(2, connection.createArrayOf("text", keys.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    states.put(row.getString(1), new KeyState(row.getLong(2), row.getDouble(3)));
                }
            }
        }
        return states;
    }

    /** A write as it is kept for the other side, under its number; the value as JSON, or null where it removes. */
    public record KeptWrite(
            long sequence, long epoch, @Nullable String value) {}

    public static void note(Connection connection, String name, String key, KeptWrite write) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("dual_write_note"))) {
            statement.setString(1, name);
            statement.setString(2, key);
            statement.setLong(3, write.sequence());
            statement.setLong(4, write.epoch());
            statement.setString(5, write.value());
            statement.executeUpdate();
        }
    }

    /** The first that are kept of a key, in their order. */
    public static List<KeptWrite> kept(Connection connection, String name, String key, int most) throws SQLException {
        List<KeptWrite> writes = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("dual_write_kept"))) {
            statement.setString(1, name);
            statement.setString(2, key);
            statement.setInt(3, most);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    writes.add(new KeptWrite(row.getLong(1), row.getLong(2), row.getString(3)));
                }
            }
        }
        return writes;
    }

    /** Forgets those up to a number. */
    public static void done(Connection connection, String name, String key, long sequence) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("dual_write_done"))) {
            statement.setString(1, name);
            statement.setString(2, key);
            statement.setLong(3, sequence);
            statement.executeUpdate();
        }
    }

    /** A page of the keys of which something is kept, in their order, with the number of the last. */
    public static Map<String, Long> keptKeys(Connection connection, String name, String after, int most)
            throws SQLException {
        Map<String, Long> keys = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("dual_write_kept_keys"))) {
            statement.setString(1, name);
            statement.setString(2, after);
            statement.setInt(3, most);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    keys.put(row.getString(1), row.getLong(2));
                }
            }
        }
        return keys;
    }
}
