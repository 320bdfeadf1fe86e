package io.penstock.testkit;

import io.penstock.testkit.Ledger.Entry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known of a run: what the clients saw, every transition that the database committed, and the rows that
 * are there at the end.
 */
public record History(List<Entry> ledger, List<Event> events, List<Row> rows, List<String> openTransactions) {

    /** A committed transition. Those of one job are in the order in which they took place. */
    public record Event(
            long sequence,
            OffsetDateTime at,
            UUID jobId,
            int generation,
            int queueId,
            String transition,
            int attempt,
            long leaseToken,
            @Nullable Long workerId,
            int maxAttempts,
            OffsetDateTime eligibleAt) {}

    /** A job's row at the end. */
    public record Row(
            UUID jobId,
            int generation,
            String state,
            @Nullable String idempotencyKey) {}

    /** Reads events and rows from a database whose job events were recorded from its first job on. */
    public static History read(PenstockDatabase database, List<Entry> ledger) throws SQLException {
        try (Connection connection = database.connect()) {
            return read(connection, ledger);
        }
    }

    /** As {@link #read(PenstockDatabase, List)}, from a database of a server that a test owns. */
    public static History read(Connection connection, List<Entry> ledger) throws SQLException {
        List<String> open = PenstockDatabase.openTransactions(connection);
        try (Statement statement = connection.createStatement()) {
            return new History(ledger, readEvents(statement), readRows(statement), open);
        }
    }

    /** The events of each job, in order. */
    public Map<UUID, List<Event>> byJob() {
        Map<UUID, List<Event>> byJob = new LinkedHashMap<>();
        events.forEach(event ->
                byJob.computeIfAbsent(event.jobId(), job -> new ArrayList<>()).add(event));
        return byJob;
    }

    private static List<Event> readEvents(Statement statement) throws SQLException {
        List<Event> events = new ArrayList<>();
        try (ResultSet row = statement.executeQuery(
                "SELECT sequence, at, job_id, generation, queue_id, transition, attempt, lease_token, worker_id, max_attempts,"
                        + " eligible_at FROM penstock.job_event ORDER BY sequence")) {
            while (row.next()) {
                events.add(new Event(
                        row.getLong(1),
                        row.getObject(2, OffsetDateTime.class),
                        row.getObject(3, UUID.class),
                        row.getInt(4),
                        row.getInt(5),
                        row.getString(6),
                        row.getInt(7),
                        row.getLong(8),
                        row.getObject(9, Long.class),
                        row.getInt(10),
                        row.getObject(11, OffsetDateTime.class)));
            }
        }
        return events;
    }

    private static List<Row> readRows(Statement statement) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (ResultSet row = statement.executeQuery("SELECT id, generation, state, idempotency_key FROM penstock.live"
                + " UNION ALL SELECT id, generation, state, idempotency_key FROM penstock.waiting"
                + " UNION ALL SELECT id, generation, state, idempotency_key FROM penstock.finished")) {
            while (row.next()) {
                rows.add(new Row(row.getObject(1, UUID.class), row.getInt(2), row.getString(3), row.getString(4)));
            }
        }
        return rows;
    }
}
