package io.penstock.store;

import io.penstock.job.JobSnapshot;
import io.penstock.job.JobState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Looks a job up by its id, and erases what jobs carry. Runs inside the caller's transaction. */
public final class JobStore {

    /** How many pages one step of an erasure looks through. */
    public static final int ERASED_AT_ONCE = 1_000;

    /** Before any job. */
    public static final OffsetDateTime EVER = Instant.EPOCH.atOffset(ZoneOffset.UTC);

    private static final Duration CLOCKS_DIFFER_BY = Duration.ofDays(1);
    private static final int TIME_ORDERED = 7;

    /** A table that holds jobs. */
    public record JobTable(String name, long pages) {}

    /**
     * A job, and where it was.
     *
     * @param hasTables whether its queue still has tables, so that a newer generation may be live
     */
    public record FoundJob(int queueId, boolean hasTables, JobSnapshot job) {}

    private JobStore() {}

    /** The newest generation in any room of a queue. */
    public static Optional<FoundJob> find(Connection connection, int queueId, UUID jobId, OffsetDateTime earliestEnd)
            throws SQLException {
        String sql = Statements.of("find", new Leaf(queueId, 0));
        return find(connection, sql, 3, jobId, earliestEnd);
    }

    /** The newest generation that waits or has ended, whichever queue it belongs to. */
    public static Optional<FoundJob> findNotLive(Connection connection, UUID jobId, OffsetDateTime earliestEnd)
            throws SQLException {
        return find(connection, Statements.of("find_not_live"), 2, jobId, earliestEnd);
    }

    private static Optional<FoundJob> find(
            Connection connection, String sql, int rooms, UUID jobId, OffsetDateTime earliestEnd) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int parameter = 1; parameter <= rooms; parameter++) {
                statement.setObject(parameter, jobId);
            }
            statement.setObject(rooms + 1, earliestEnd);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new FoundJob(row.getInt(1), row.getBoolean(2), read(row)))
                        : Optional.empty();
            }
        }
    }

    /**
     * Which of some queues has the job live, or else for which it waits; 0 where there is none, and -1 where there is none but
     * not every table could be read.
     */
    public static int queueOf(Connection connection, UUID jobId, List<Integer> queueIds) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("queue_of"))) {
            statement.setObject(1, jobId);
            statement.setArray(2, connection.createArrayOf("integer", queueIds.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    /**
     * A moment before which a job of this id cannot have ended. An id of ours says when it was made, by its maker's clock: so
     * the days before that one are left alone, in which nothing would be found.
     */
    public static OffsetDateTime earliestEnd(UUID jobId) {
        if (jobId.version() != TIME_ORDERED) {
            return EVER;
        }
        return Instant.ofEpochMilli(jobId.getMostSignificantBits() >>> 16)
                .minus(CLOCKS_DIFFER_BY)
                .atOffset(ZoneOffset.UTC);
    }

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

    private static JobSnapshot read(ResultSet row) throws SQLException {
        OffsetDateTime finishedAt = row.getObject(13, OffsetDateTime.class);
        return new JobSnapshot(
                row.getObject(3, UUID.class),
                row.getInt(4),
                row.getString(5),
                row.getString(6),
                JobState.ofWord(row.getString(7)),
                row.getInt(8),
                row.getInt(9),
                row.getString(10),
                row.getString(11),
                row.getObject(12, OffsetDateTime.class).toInstant(),
                finishedAt == null ? null : finishedAt.toInstant(),
                row.getString(14));
    }
}
