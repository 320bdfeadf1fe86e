package io.penstock.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Moves due jobs into line. Due times are microseconds of the epoch. Runs inside the caller's transaction. */
public final class PromotionStore {

    private PromotionStore() {}

    /**
     * When jobs are due, and schedules to be looked after.
     *
     * @param clock the time in the database
     * @param next by queue id; a queue for which nothing waits is absent
     * @param schedule the earliest moment of a schedule; {@link Long#MAX_VALUE} if there is none
     * @param laterSchedule the earliest after the time in the database
     */
    public record Due(long clock, Map<Integer, Long> next, long schedule, long laterSchedule) {}

    private static final int CLOCK = 0;
    private static final int SCHEDULE = -1;
    private static final int LATER_SCHEDULE = -2;

    /**
     * When the next job of each queue is due.
     *
     * @param floors by queue id: up to that time nothing waits there
     */
    public static Due nextDue(Connection connection, Map<Integer, Long> floors) throws SQLException {
        Map<Integer, Long> next = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("next_due"))) {
            statement.setArray(
                    1, connection.createArrayOf("integer", floors.keySet().toArray()));
            statement.setArray(
                    2, connection.createArrayOf("bigint", floors.values().toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    int queueId = rows.getInt(1);
                    long due = rows.getLong(2);
                    if (!rows.wasNull()) {
                        next.put(queueId, due);
                    }
                }
            }
        }
        return new Due(
                present(next.remove(CLOCK)),
                next,
                present(next.remove(SCHEDULE)),
                present(next.remove(LATER_SCHEDULE)));
    }

    private static long present(@Nullable Long moment) {
        return moment == null ? Long.MAX_VALUE : moment;
    }

    /** Promotes at most {@code most} due jobs of a queue; answers how many. */
    public static int promote(Connection connection, int queueId, long floor, int most) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("promote"))) {
            statement.setInt(1, queueId);
            statement.setLong(2, floor);
            statement.setInt(3, most);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
