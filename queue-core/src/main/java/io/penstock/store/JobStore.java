package io.penstock.store;

import io.penstock.job.JobSnapshot;
import io.penstock.job.JobState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What an operator, or a caller who lost an answer, does with one job. Runs inside the caller's transaction. */
public final class JobStore {

    private JobStore() {}

    public static Optional<JobSnapshot> find(Connection connection, UUID jobId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("find"))) {
            for (int parameter = 1; parameter <= 3; parameter++) {
                statement.setObject(parameter, jobId);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(read(row)) : Optional.empty();
            }
        }
    }

    /** A table that holds jobs. */
    public record JobTable(String name, long pages) {}

    /** How many pages one step of an erasure looks through. */
    public static final int ERASED_AT_ONCE = 1_000;

    public static List<JobTable> tables(Connection connection) throws SQLException {
        List<JobTable> tables = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("job_tables"));
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                tables.add(new JobTable(rows.getString(1), rows.getLong(2)));
            }
        }
        return tables;
    }

    /** Erases what jobs with a tag carry in some pages of a table; answers how many jobs that were. */
    public static int erase(Connection connection, String tag, JobTable table, long firstPage) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("erase_tag"))) {
            statement.setString(1, tag);
            statement.setString(2, table.name());
            statement.setLong(3, firstPage);
            statement.setInt(4, ERASED_AT_ONCE);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    /** Cancels a job that waits or is available. */
    public static boolean cancel(Connection connection, UUID jobId, String reason) throws SQLException {
        for (String room : new String[] {"cancel_waiting", "cancel_available"}) {
            try (PreparedStatement statement = connection.prepareStatement(Statements.of(room))) {
                statement.setObject(1, jobId);
                statement.setString(2, reason);
                if (!CompletionStore.ids(statement).isEmpty()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Asks for a running job to be cancelled. */
    public static boolean requestCancel(Connection connection, UUID jobId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("request_cancel"))) {
            statement.setObject(1, jobId);
            return !CompletionStore.ids(statement).isEmpty();
        }
    }

    /** Makes the next generation of a finished job; answers its number, or 0 if there was nothing to retry. */
    public static int retry(Connection connection, UUID jobId) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(Statements.of("lock_job"))) {
            lock.setObject(1, jobId);
            lock.execute();
        }
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("retry"))) {
            for (int parameter = 1; parameter <= 4; parameter++) {
                statement.setObject(parameter, jobId);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }

    private static JobSnapshot read(ResultSet row) throws SQLException {
        OffsetDateTime finishedAt = row.getObject(11, OffsetDateTime.class);
        return new JobSnapshot(
                row.getObject(1, UUID.class),
                row.getInt(2),
                row.getString(3),
                row.getString(4),
                JobState.ofWord(row.getString(5)),
                row.getInt(6),
                row.getInt(7),
                row.getString(8),
                row.getString(9),
                row.getObject(10, OffsetDateTime.class).toInstant(),
                finishedAt == null ? null : finishedAt.toInstant());
    }
}
