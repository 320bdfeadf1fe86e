package io.penstock.store;

import io.penstock.database.Pipeline;
import io.penstock.job.BatchSnapshot;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Batches: opened with their jobs, and taken from step to step. */
public final class BatchStore {

    /** What came of an advance. */
    public enum Outcome {
        /** It is over, or there is no such batch. */
        NOTHING,
        /** Somebody else advances it at this moment. */
        BUSY,
        /** More of its jobs may have ended: to be called again. */
        MORE,
        OPEN,
        HELD,
        FAILED,
        STEPPED,
        ENDED,
        GIVEN_UP
    }

    /**
     * How far an advance came.
     *
     * @param news whether it was not so before
     * @param queueId of the step that was enqueued, else 0
     * @param job the first that has not ended, or holds the step up
     * @param step the type of the step that is next
     */
    public record Advance(
            Outcome outcome,
            boolean news,
            int queueId,
            @Nullable UUID job,
            @Nullable String step,
            @Nullable String error) {}

    private BatchStore() {}

    /** Adds the enqueue of a batch's jobs: JSON in the form that {@code penstock.open_batch} takes. */
    public static void open(
            Pipeline pipeline, UUID batchId, String groups, String steps, Consumer<EnqueueStore.Batch> enqueued) {
        pipeline.add(
                Statements.of("open_batch"),
                (statement, first) -> {
                    statement.setObject(first, batchId);
                    statement.setString(first + 1, groups);
                    statement.setString(first + 2, steps);
                    return first + 3;
                },
                rows -> enqueued.accept(EnqueueStore.batch(rows)));
    }

    /** Batches that nobody has looked at for a while. Inside the caller's transaction. */
    public static List<UUID> due(Connection connection, int most) throws SQLException {
        List<UUID> due = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("due_batches"))) {
            statement.setInt(1, most);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    due.add(rows.getObject(1, UUID.class));
                }
            }
        }
        return due;
    }

    /**
     * Takes a batch as far as it goes, inside the caller's transaction.
     *
     * @param most so many jobs that have ended are passed by
     */
    public static Advance advance(Connection connection, UUID batchId, int most) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("advance_batch"))) {
            statement.setObject(1, batchId);
            statement.setInt(2, most);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                String outcome = row.getString(1);
                return new Advance(
                        outcome == null
                                ? Outcome.NOTHING
                                : Outcome.valueOf(outcome.replace(' ', '_').toUpperCase(Locale.ROOT)),
                        row.getBoolean(2),
                        row.getInt(3),
                        row.getObject(4, UUID.class),
                        row.getString(5),
                        row.getString(6));
            }
        }
    }

    public static Optional<BatchSnapshot> find(Connection connection, UUID batchId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("find_batch"))) {
            statement.setObject(1, batchId);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                OffsetDateTime ended = row.getObject(10, OffsetDateTime.class);
                Instant endedAt = ended == null ? null : ended.toInstant();
                return Optional.of(new BatchSnapshot(
                        row.getObject(1, UUID.class),
                        row.getObject(2, OffsetDateTime.class).toInstant(),
                        row.getInt(3),
                        row.getInt(4),
                        row.getInt(5),
                        row.getInt(6),
                        row.getInt(7),
                        row.getObject(8, UUID.class),
                        row.getString(9),
                        endedAt));
            }
        }
    }
}
