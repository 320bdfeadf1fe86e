package io.penstock.store;

import io.penstock.database.Pipeline;
import io.penstock.objective.Tally;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What was counted for objectives. Jobs that end are counted by the statements that end them; here are those that are late and
 * have not ended, the minutes that are judged as such, and what all of it comes to. Runs inside the caller's transaction.
 */
public final class TallyStore {

    /**
     * Late jobs that were counted.
     *
     * @param upTo the last eligible time among them, in microseconds of the epoch
     */
    public record Marked(int jobs, long upTo) {}

    /** What was counted, by objective and span. */
    public static final class Tallies {

        private final Map<Integer, Map<Integer, Tally>> counted = new HashMap<>();

        /** What an objective has in a span, in minutes as it was asked for. */
        public Tally of(int objectiveId, int span) {
            return counted.getOrDefault(objectiveId, Map.of()).getOrDefault(span, Tally.NOTHING);
        }
    }

    private TallyStore() {}

    /**
     * Counts jobs that are late and have not ended, in one leaf or among those that wait for later.
     *
     * @param leaf null for those that wait
     * @param from eligible time to begin with, in microseconds of the epoch
     */
    public static void markLate(
            Pipeline pipeline, @Nullable Leaf leaf, int objectiveId, long from, int most, Consumer<Marked> marked) {
        String sql = leaf == null ? Statements.of("mark_late_waiting") : Statements.of("mark_late", leaf);
        pipeline.add(
                sql,
                (statement, first) -> {
                    statement.setInt(first, objectiveId);
                    statement.setLong(first + 1, from);
                    statement.setInt(first + 2, most);
                    return first + 3;
                },
                row -> {
                    row.next();
                    marked.accept(new Marked(row.getInt(1), row.getLong(2)));
                });
    }

    /** Remembers up to which eligible times the jobs of objectives were looked at, in microseconds of the epoch. */
    public static void lookedTo(Connection connection, Map<Integer, Long> eligible) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("looked_to"))) {
            statement.setArray(
                    1, connection.createArrayOf("integer", eligible.keySet().toArray()));
            statement.setArray(
                    2, connection.createArrayOf("bigint", eligible.values().toArray()));
            statement.execute();
        }
    }

    /** Takes a duty that one process does for all; answers false where one did it less than some milliseconds ago. */
    public static boolean takePulse(Connection connection, String duty, long milliseconds) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("take_pulse"))) {
            statement.setString(1, duty);
            statement.setLong(2, milliseconds);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Judges the minutes that have passed. */
    public static int judgeMinutes(Connection connection) throws SQLException {
        return count(connection, "judge_minutes");
    }

    /** Makes one row of those of a minute; answers how many there were. */
    public static int merge(Connection connection) throws SQLException {
        return count(connection, "merge_tallies");
    }

    /** Keeps old counts by the hour, and drops what nobody looks at any more. */
    public static int thin(Connection connection) throws SQLException {
        return count(connection, "thin_tallies") + count(connection, "thin_samples");
    }

    private static int count(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of(name));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    /**
     * What the counts of spans of time come to, up to now.
     *
     * @param spans in minutes; 0 stands for the objective's own period
     */
    public static Tallies tallies(Connection connection, List<Integer> spans) throws SQLException {
        Tallies tallies = new Tallies();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("tallies"))) {
            statement.setArray(1, connection.createArrayOf("integer", spans.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    tallies.counted
                            .computeIfAbsent(row.getInt(1), objective -> new HashMap<>())
                            .put(row.getInt(2), new Tally(row.getLong(3), row.getLong(4)));
                }
            }
        }
        return tallies;
    }
}
