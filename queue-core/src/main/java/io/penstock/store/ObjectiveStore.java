package io.penstock.store;

import io.penstock.objective.DepthGrowthObjective;
import io.penstock.objective.FreshnessObjective;
import io.penstock.objective.LatencyObjective;
import io.penstock.objective.Objective;
import io.penstock.objective.SuccessObjective;
import io.penstock.objective.WaitObjective;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Objectives as they are stored. Runs inside the caller's transaction. */
public final class ObjectiveStore {

    /**
     * An objective that is stored.
     *
     * @param declared what a service said of it last, or null
     * @param lookedTo up to which eligible time its jobs were looked at, in microseconds of the epoch
     */
    public record StoredObjective(
            int id,
            int queueId,
            Objective objective,
            @Nullable String declared,
            Instant since,
            long lookedTo) {

        /** Whether an operator has set something else than the service declares. */
        public boolean drifted() {
            return declared != null && !declared.equals(text(objective));
        }
    }

    private ObjectiveStore() {}

    /** What a service says of it: counts if it is new, or something else than before. Answers whether anything changed. */
    public static boolean declare(Connection connection, Objective objective) throws SQLException {
        return write(connection, objective, text(objective));
    }

    /** What an operator says of it. Answers whether anything changed. */
    public static boolean set(Connection connection, Objective objective) throws SQLException {
        return write(connection, objective, null);
    }

    private static boolean write(Connection connection, Objective objective, @Nullable String declared)
            throws SQLException {
        FreshnessObjective fresh = objective instanceof FreshnessObjective freshness ? freshness : null;
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("declare_objective"))) {
            statement.setString(1, objective.queue());
            statement.setString(2, objective.kind());
            statement.setDouble(3, objective.target());
            statement.setLong(4, bound(objective));
            statement.setString(5, objective.type());
            statement.setInt(6, objective.days());
            statement.setString(7, fresh == null ? null : fresh.evidence());
            statement.setBigDecimal(8, fresh == null ? null : fresh.minimum());
            statement.setString(9, declared);
            return answer(statement);
        }
    }

    /** Removes it with its counts; answers whether there was one. */
    public static boolean remove(Connection connection, String queue, String kind, @Nullable String type)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("remove_objective"))) {
            statement.setString(1, queue);
            statement.setString(2, kind);
            statement.setString(3, type);
            return answer(statement);
        }
    }

    private static boolean answer(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static long bound(Objective objective) {
        if (objective instanceof LatencyObjective latency) {
            return latency.within().toMillis();
        } else if (objective instanceof WaitObjective wait) {
            return wait.within().toMillis();
        } else if (objective instanceof FreshnessObjective freshness) {
            return freshness.within().toMillis();
        }
        return objective instanceof DepthGrowthObjective growth ? growth.perMinute() : 0;
    }

    /** All of what it says, as it is compared with what a service said before. */
    private static String text(Objective objective) {
        String text = bound(objective) + "/" + objective.target() + "/" + objective.days();
        return objective instanceof FreshnessObjective freshness
                ? text + "/" + freshness.evidence() + "/" + freshness.minimum()
                : text;
    }

    /** All of them, in order of queue, kind and type. */
    public static List<StoredObjective> all(Connection connection) throws SQLException {
        List<StoredObjective> all = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("objectives"));
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                all.add(new StoredObjective(
                        row.getInt(1),
                        row.getInt(2),
                        objective(row),
                        row.getString(11),
                        row.getObject(12, OffsetDateTime.class).toInstant(),
                        row.getLong(13)));
            }
        }
        return all;
    }

    private static Objective objective(ResultSet row) throws SQLException {
        String queue = row.getString(3);
        String type = row.getString(5);
        long bound = row.getLong(6);
        double target = row.getDouble(7);
        int days = row.getInt(8);
        String kind = row.getString(4);
        return switch (kind) {
            case "latency" -> new LatencyObjective(queue, type, Duration.ofMillis(bound), target, days);
            case "wait" -> new WaitObjective(queue, type, Duration.ofMillis(bound), target, days);
            case "success" -> new SuccessObjective(queue, type, target, days);
            case "growth" -> new DepthGrowthObjective(queue, Math.toIntExact(bound), target, days);
            case "freshness" -> {
                BigDecimal minimum = row.getBigDecimal(10);
                yield new FreshnessObjective(
                        queue,
                        Objects.requireNonNull(type),
                        Duration.ofMillis(bound),
                        row.getString(9),
                        minimum,
                        target,
                        days);
            }
            default -> throw new SQLException("objective kind: expected one that is known, was " + kind, "P0002");
        };
    }
}
