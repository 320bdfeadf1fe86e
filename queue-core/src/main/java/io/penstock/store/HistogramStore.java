package io.penstock.store;

import io.penstock.objective.Histogram;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How long jobs took, by queue, type and measure. Runs inside the caller's transaction. */
public final class HistogramStore {

    /**
     * What is measured of which jobs.
     *
     * @param type null where all types of the queue are added up
     * @param measure wait, run or total
     */
    public record Measured(int queueId, @Nullable String type, String measure) {}

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private HistogramStore() {}

    /** Adds what was counted since the last time. */
    public static void add(Connection connection, Map<Measured, long[]> counted) throws SQLException {
        ArrayNode rows = JSON.createArrayNode();
        counted.forEach((measured, counts) -> {
            int lowest = 0;
            int highest = counts.length - 1;
            while (lowest < highest && counts[lowest] == 0) {
                lowest++;
            }
            while (highest > lowest && counts[highest] == 0) {
                highest--;
            }
            ObjectNode row = rows.addObject()
                    .put("queue_id", measured.queueId())
                    .put("type", measured.type())
                    .put("measure", measured.measure())
                    .put("lowest", lowest);
            ArrayNode array = row.putArray("counts");
            for (int bucket = lowest; bucket <= highest; bucket++) {
                array.add(counts[bucket]);
            }
        });
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("write_histograms"))) {
            statement.setString(1, JSON.writeValueAsString(rows));
            statement.execute();
        }
    }

    /** What was counted in the last minutes, by type, and for each queue as a whole. */
    public static Map<Measured, Histogram> read(Connection connection, int minutes) throws SQLException {
        Map<Measured, Histogram> read = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("histograms"))) {
            statement.setInt(1, minutes);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Integer[] counts = (Integer[]) row.getArray(5).getArray();
                    Measured ofType = new Measured(row.getInt(1), row.getString(2), row.getString(3));
                    for (Measured each : List.of(ofType, new Measured(ofType.queueId(), null, ofType.measure()))) {
                        read.computeIfAbsent(each, measured -> new Histogram()).add(row.getInt(4), counts);
                    }
                }
            }
        }
        return read;
    }
}
