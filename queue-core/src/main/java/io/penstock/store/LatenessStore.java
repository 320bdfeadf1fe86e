package io.penstock.store;

import io.penstock.objective.LateCause;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the time of late jobs went to. Runs inside the caller's transaction. */
public final class LatenessStore {

    /**
     * Of which late jobs.
     *
     * @param type null where all types of the queue are added up
     */
    public record Late(int queueId, @Nullable String type) {}

    private LatenessStore() {}

    /** Adds what was counted since the last time, in microseconds. */
    public static void add(Connection connection, Map<Late, Map<LateCause, Long>> spent) throws SQLException {
        List<Object> queues = new ArrayList<>();
        List<@Nullable Object> types = new ArrayList<>();
        List<Object> causes = new ArrayList<>();
        List<Object> microseconds = new ArrayList<>();
        spent.forEach((late, byCause) -> byCause.forEach((cause, time) -> {
            queues.add(late.queueId());
            types.add(late.type());
            causes.add(cause.word());
            microseconds.add(time);
        }));
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("write_lateness"))) {
            statement.setArray(1, connection.createArrayOf("integer", queues.toArray()));
            statement.setArray(2, connection.createArrayOf("text", types.toArray()));
            statement.setArray(3, connection.createArrayOf("text", causes.toArray()));
            statement.setArray(4, connection.createArrayOf("bigint", microseconds.toArray()));
            statement.execute();
        }
    }

    /** What was counted in the last minutes, in microseconds: by type, and for each queue as a whole. */
    public static Map<Late, Map<LateCause, Long>> read(Connection connection, int minutes) throws SQLException {
        Map<Late, Map<LateCause, Long>> read = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("lateness"))) {
            statement.setInt(1, minutes);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Late ofType = new Late(row.getInt(1), row.getString(2));
                    LateCause cause = LateCause.of(row.getString(3));
                    long spent = row.getLong(4);
                    for (Late late : List.of(ofType, new Late(ofType.queueId(), null))) {
                        read.computeIfAbsent(late, each -> new EnumMap<>(LateCause.class))
                                .merge(cause, spent, Long::sum);
                    }
                }
            }
        }
        return read;
    }
}
