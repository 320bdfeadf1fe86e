package io.penstock.store;

import io.penstock.database.Pipeline;
import io.penstock.job.Priority;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/** What floors are made of: positions drawn, transactions in progress, and the lowest job that is there. */
public final class FloorStore {

    /**
     * What had been drawn at some moment.
     *
     * @param positions the highest position by queue id, committed or not
     * @param clock the database's clock, in microseconds of the epoch
     */
    public record Drawn(Map<Integer, Long> positions, long clock) {

        public static final Drawn NOTHING = new Drawn(Map.of(), Long.MIN_VALUE);

        public long position(int queueId) {
            return positions.getOrDefault(queueId, 0L);
        }
    }

    /**
     * What every queue is at.
     *
     * @param due by queue id, when the next job that waits there is due, in microseconds of the epoch; a queue for which
     *     nothing waits is absent
     * @param paused the queues of which nothing is to be started
     * @param parked the queues in which jobs are held back by the limit of their keys
     * @param schedule the earliest moment at which a schedule is to be looked after; {@link Long#MAX_VALUE} if there is none
     * @param laterSchedule the earliest that is still to come; the two differ while something keeps one from being fired
     * @param batch the earliest moment at which a batch is to be looked after; {@link Long#MAX_VALUE} if there is none
     * @param epoch of the allocation of budgets to workers
     * @param misallocated whether that was made for other workers or other budgets than there are
     * @param parkedForPauses whether jobs are parked for pauses, over or not
     */
    public record Watched(
            Drawn drawn,
            Map<Integer, Long> due,
            Set<Integer> paused,
            Set<Integer> parked,
            long schedule,
            long laterSchedule,
            long batch,
            long epoch,
            boolean misallocated,
            boolean parkedForPauses) {

        public static final Watched NOTHING = new Watched(
                Drawn.NOTHING,
                Map.of(),
                Set.of(),
                Set.of(),
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                0,
                false,
                false);
    }

    private static final int SCHEDULE = -1;
    private static final int LATER_SCHEDULE = -2;
    private static final int BATCH = -3;
    private static final int ALLOCATION = -4;
    private static final int PAUSES = -5;

    private FloorStore() {}

    /**
     * What every queue is at. The transaction must not have an id yet.
     *
     * @param dueFloors by queue id: up to that time nothing waits there
     */
    public static Watched watch(Connection connection, Map<Integer, Long> dueFloors) throws SQLException {
        Map<Integer, Long> positions = new HashMap<>();
        Map<Integer, Long> due = new HashMap<>();
        Set<Integer> paused = new HashSet<>();
        Set<Integer> parked = new HashSet<>();
        long clock = 0;
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("watch"))) {
            statement.setArray(
                    1, connection.createArrayOf("integer", dueFloors.keySet().toArray()));
            statement.setArray(
                    2, connection.createArrayOf("bigint", dueFloors.values().toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                clock = rows.getLong(2);
                while (rows.next()) {
                    positions.put(rows.getInt(1), rows.getLong(2));
                    long dueAt = rows.getLong(3);
                    if (!rows.wasNull()) {
                        due.put(rows.getInt(1), dueAt);
                    }
                    if (rows.getBoolean(4)) {
                        paused.add(rows.getInt(1));
                    }
                    if (rows.getBoolean(5)) {
                        parked.add(rows.getInt(1));
                    }
                }
            }
        }
        long schedule = Objects.requireNonNullElse(due.remove(SCHEDULE), Long.MAX_VALUE);
        long later = Objects.requireNonNullElse(due.remove(LATER_SCHEDULE), Long.MAX_VALUE);
        long batch = Objects.requireNonNullElse(due.remove(BATCH), Long.MAX_VALUE);
        long epoch = Objects.requireNonNullElse(positions.get(ALLOCATION), 0L);
        boolean misallocated = paused.remove(ALLOCATION);
        boolean parkedForPauses = paused.remove(PAUSES);
        positions.keySet().removeAll(Set.of(SCHEDULE, LATER_SCHEDULE, BATCH, ALLOCATION, PAUSES));
        return new Watched(
                new Drawn(positions, clock),
                due,
                paused,
                parked,
                schedule,
                later,
                batch,
                epoch,
                misallocated,
                parkedForPauses);
    }

    /** A transaction id of our own, later than all that had one before. */
    public static long newTransactionId(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("new_transaction_id"));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return Long.parseLong(row.getString(1));
        }
    }

    /** The transactions that are in progress now and have a lower id than the one given, which must have ended. */
    public static Set<Long> inProgress(Connection connection, long transactionId) throws SQLException {
        Set<Long> inProgress = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("in_progress"))) {
            statement.setString(1, String.valueOf(transactionId));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    inProgress.add(Long.parseLong(rows.getString(1)));
                }
            }
        }
        return inProgress;
    }

    /** The lowest position of each level above its floor at which a job is available; none: {@link Long#MAX_VALUE}. */
    public static void lowestAvailable(Pipeline pipeline, Leaf leaf, long[] floors, Consumer<long[]> lowest) {
        lowest(pipeline, "lowest_available", leaf, floors, lowest);
    }

    /** The lowest position of each level above its floor at which there is a job in any state. */
    public static void lowestRow(Pipeline pipeline, Leaf leaf, long[] floors, Consumer<long[]> lowest) {
        lowest(pipeline, "lowest_row", leaf, floors, lowest);
    }

    private static void lowest(
            Pipeline pipeline, String statementName, Leaf leaf, long[] floors, Consumer<long[]> lowest) {
        pipeline.add(
                Statements.of(statementName, leaf),
                (statement, first) -> {
                    int next = first;
                    for (long floor : floors) {
                        statement.setLong(next++, floor);
                    }
                    return next;
                },
                row -> {
                    row.next();
                    long[] found = new long[Priority.LEVELS];
                    for (int level = 0; level < found.length; level++) {
                        found[level] = row.getLong(level + 1);
                        if (row.wasNull()) {
                            found[level] = Long.MAX_VALUE;
                        }
                    }
                    lowest.accept(found);
                });
    }
}
