package io.penstock.store;

import io.penstock.database.Pipeline;
import io.penstock.objective.Trend;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How deep queues are, and were. Runs inside the caller's transaction. */
public final class SampleStore {

    /**
     * How deep a leaf is.
     *
     * @param depth eligible and unclaimed; an estimate where there are many
     * @param head since when the first in line is eligible, in microseconds of the epoch; null if there is none
     */
    public record Depth(long depth, @Nullable Long head) {

        public static final Depth NONE = new Depth(0, null);

        /** Of two leaves together. */
        public Depth plus(Depth other) {
            Long first = head;
            Long second = other.head;
            Long earliest = first == null ? second : second == null ? first : (Long) Math.min(first, second);
            return new Depth(depth + other.depth, earliest);
        }
    }

    /**
     * What was seen of a leaf.
     *
     * @param first by level, the first position with a job; null where there is none
     * @param oldest since when the first of its jobs is eligible, of those asked for, in microseconds of the epoch; null if there is none
     * @param empty whether it has no storage: no job is in it, not even one that runs and may be given back
     */
    public record Seen(
            Depth depth, @Nullable Long[] first, @Nullable Long oldest, boolean empty) {}

    /**
     * What a queue is at.
     *
     * @param drawn the position drawn last
     */
    public record Level(int queueId, long drawn, Depth depth) {}

    /**
     * What a queue was at.
     *
     * @param at in microseconds of the epoch, by the database's clock
     * @param drawn the position drawn last: the difference of two is what arrived in between
     * @param headAge of the first in line, in milliseconds; 0 if there was none
     */
    public record Sample(int queueId, long at, long drawn, long depth, long headAge) {

        /** Adds it to where its queue is going. */
        public void addTo(Trend trend) {
            trend.add(at / 1e6, drawn, depth, headAge / 1e3);
        }
    }

    /**
     * A queue at a moment.
     *
     * @param at in microseconds of the epoch
     * @param writeSegment the segment that jobs are put into
     */
    public record Position(int queueId, String queue, long drawn, long at, int writeSegment) {}

    private SampleStore() {}

    /** How far each queue is. */
    public static List<Position> positions(Connection connection) throws SQLException {
        List<Position> positions = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("positions"));
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                positions.add(
                        new Position(row.getInt(1), row.getString(2), row.getLong(3), row.getLong(4), row.getInt(5)));
            }
        }
        return positions;
    }

    /**
     * How deep a leaf is.
     *
     * @param floors by level: up to there it has no job
     * @param eligibleFrom of which the oldest is asked for, in microseconds of the epoch; null for none
     */
    public static void look(
            Pipeline pipeline, Leaf leaf, long[] floors, @Nullable Long eligibleFrom, Consumer<Seen> seen) {
        pipeline.add(
                Statements.of("sample_leaf", leaf),
                (statement, first) -> {
                    int next = first;
                    for (long floor : floors) {
                        statement.setLong(next++, floor);
                    }
                    statement.setObject(next++, eligibleFrom, Types.BIGINT);
                    return next;
                },
                row -> {
                    row.next();
                    long jobs = row.getLong(1);
                    long head = row.getLong(2);
                    Depth depth = new Depth(jobs, row.wasNull() ? null : head);
                    Long[] first = (Long[]) row.getArray(3).getArray();
                    long oldest = row.getLong(4);
                    Long oldestOrNone = row.wasNull() ? null : (Long) oldest;
                    seen.accept(new Seen(depth, first, oldestOrNone, row.getBoolean(5)));
                });
    }

    /**
     * Of some queues, since when the first of their jobs that wait for later was eligible, in microseconds of the epoch.
     *
     * @param from by queue, the moment from which on that counts
     */
    public static Map<Integer, Long> oldestWaiting(Connection connection, Map<Integer, Long> from) throws SQLException {
        Map<Integer, Long> oldest = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("oldest_waiting"))) {
            statement.setArray(
                    1, connection.createArrayOf("integer", from.keySet().toArray()));
            statement.setArray(
                    2, connection.createArrayOf("bigint", from.values().toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    oldest.put(row.getInt(1), row.getLong(2));
                }
            }
        }
        return oldest;
    }

    /** Remembers what queues are at. */
    public static void write(Connection connection, List<Level> levels) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("write_sample"))) {
            statement.setArray(1, array(connection, "integer", levels, Level::queueId));
            statement.setArray(2, array(connection, "bigint", levels, Level::drawn));
            statement.setArray(
                    3,
                    array(connection, "bigint", levels, level -> level.depth().depth()));
            statement.setArray(
                    4,
                    array(connection, "bigint", levels, level -> level.depth().head()));
            statement.execute();
        }
    }

    private static Array array(
            Connection connection, String type, List<Level> levels, Function<Level, @Nullable Object> value)
            throws SQLException {
        @Nullable Object[] values = new @Nullable Object[levels.size()];
        for (int index = 0; index < values.length; index++) {
            values[index] = value.apply(levels.get(index));
        }
        return connection.createArrayOf(type, values);
    }

    /** How many slots a queue needs; empty if it is not there. */
    public static OptionalInt slotsNeeded(Connection connection, String queue) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("slots_needed"))) {
            statement.setString(1, queue);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? OptionalInt.of(row.getInt(1)) : OptionalInt.empty();
            }
        }
    }

    /** What queues were at after a moment, in microseconds of the epoch; in its order. */
    public static List<Sample> since(Connection connection, long moment) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("samples"))) {
            statement.setLong(1, moment);
            return samples(statement);
        }
    }

    /** What a queue was at in the last two minutes, in its order. */
    public static List<Sample> of(Connection connection, String queue) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("samples_of"))) {
            statement.setString(1, queue);
            return samples(statement);
        }
    }

    private static List<Sample> samples(PreparedStatement statement) throws SQLException {
        List<Sample> samples = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                samples.add(new Sample(row.getInt(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)));
            }
        }
        return samples;
    }
}
