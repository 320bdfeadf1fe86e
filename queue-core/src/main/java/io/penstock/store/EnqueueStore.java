package io.penstock.store;

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

    /** Enqueues into one queue. The jobs are a JSON array in the form that {@code penstock.enqueue_batch} takes. */
    public static Batch enqueue(Connection connection, String queue, String jobs) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("enqueue"))) {
            statement.setString(1, queue);
            statement.setString(2, jobs);
            return batch(statement);
        }
    }

    /** Enqueues one job without an idempotency key. Payload and metadata are JSON. */
    public static Batch enqueueOne(Connection connection, NewJob<?> job, String payload, String metadata)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("enqueue_one"))) {
            statement.setString(1, job.queue());
            statement.setObject(2, job.id());
            statement.setString(3, job.type().name());
            statement.setString(4, payload);
            Instant runAt = job.runAt();
            statement.setString(5, runAt == null ? null : runAt.toString());
            statement.setInt(6, job.priority().level());
            statement.setInt(7, job.maxAttempts());
            statement.setString(8, job.concurrencyKey());
            statement.setArray(9, connection.createArrayOf("text", job.tags().toArray()));
            statement.setString(10, metadata);
            return batch(statement);
        }
    }

    private static Batch batch(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
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
