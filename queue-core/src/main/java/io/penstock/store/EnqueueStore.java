package io.penstock.store;

import io.penstock.database.Pipeline;
import io.penstock.job.Enqueued;
import io.penstock.job.NewJob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts jobs in, and tells what became of a transaction whose commit was not answered. */
public final class EnqueueStore {

    /** What became of a transaction. */
    public enum TransactionStatus {
        COMMITTED,
        ABORTED,
        IN_PROGRESS,
        UNKNOWN
    }

    /** A batch's results in order, and the id of the transaction that they belong to. */
    public record Batch(List<Enqueued> jobs, String transactionId) {
        public static final Batch NONE = new Batch(List.of(), "");
    }

    private EnqueueStore() {}

    /** Adds the enqueue of jobs into one queue: a JSON array in the form that {@code penstock.enqueue_batch} takes. */
    public static void enqueue(Pipeline pipeline, String queue, String jobs, Consumer<Batch> enqueued) {
        pipeline.add(
                Statements.of("enqueue"),
                (statement, first) -> {
                    statement.setString(first, queue);
                    statement.setString(first + 1, jobs);
                    return first + 2;
                },
                rows -> enqueued.accept(batch(rows)));
    }

    /** Adds the enqueue of one job without an idempotency key or a delay. Payload and metadata are JSON. */
    public static void enqueueOne(
            Pipeline pipeline, NewJob<?> job, String payload, String metadata, Consumer<Batch> enqueued) {
        pipeline.add(
                Statements.of("enqueue_one"),
                (statement, first) -> {
                    statement.setString(first, job.queue());
                    statement.setObject(first + 1, job.id());
                    statement.setString(first + 2, job.type().name());
                    statement.setString(first + 3, payload);
                    Instant runAt = job.runAt();
                    statement.setString(first + 4, runAt == null ? null : runAt.toString());
                    statement.setInt(first + 5, job.priority().level());
                    statement.setInt(first + 6, job.maxAttempts());
                    statement.setString(first + 7, job.concurrencyKey());
                    Connection connection = statement.getConnection();
                    statement.setArray(
                            first + 8,
                            connection.createArrayOf("text", job.tags().toArray()));
                    statement.setString(first + 9, metadata);
                    return first + 10;
                },
                rows -> enqueued.accept(batch(rows)));
    }

    static Batch batch(ResultSet rows) throws SQLException {
        List<Enqueued> enqueued = new ArrayList<>();
        String transactionId = "";
        while (rows.next()) {
            enqueued.add(new Enqueued(
                    rows.getObject(1, UUID.class),
                    rows.getBoolean(2),
                    rows.getObject(3, OffsetDateTime.class).toInstant()));
            transactionId = rows.getString(4);
        }
        return new Batch(enqueued, transactionId);
    }

    /**
     * What became of a transaction that enqueued a job. One that committed without the job is not the one that was meant: the
     * server crashed before anything of that was flushed, and gave its id to another.
     */
    public static TransactionStatus status(Connection connection, String transactionId, String queue, UUID jobId)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("transaction_status"))) {
            statement.setString(1, transactionId);
            statement.setString(2, queue);
            statement.setObject(3, jobId);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                TransactionStatus status = statusOf(row.getString(1));
                return status == TransactionStatus.COMMITTED && !row.getBoolean(2) ? TransactionStatus.ABORTED : status;
            }
        }
    }

    private static TransactionStatus statusOf(@Nullable String word) {
        if (word == null) {
            return TransactionStatus.UNKNOWN;
        }
        return switch (word) {
            case "committed" -> TransactionStatus.COMMITTED;
            case "aborted" -> TransactionStatus.ABORTED;
            case "in progress" -> TransactionStatus.IN_PROGRESS;
            default -> TransactionStatus.UNKNOWN;
        };
    }
}
