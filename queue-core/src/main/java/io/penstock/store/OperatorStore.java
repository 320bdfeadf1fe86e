package io.penstock.store;

import io.penstock.job.JobEdit;
import io.penstock.job.JobState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What an operator changes about one job, each a statement guarded by the state that it expects. Runs inside the caller's transaction. */
public final class OperatorStore {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private OperatorStore() {}

    /** Lets one operator at a time act on a job, until the transaction ends. What follows looks after the lock was taken. */
    public static void lock(Connection connection, UUID jobId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("lock_job"))) {
            statement.setObject(1, jobId);
            statement.execute();
        }
    }

    /** Ends a job of the queue that waits or is available. */
    public static boolean end(Connection connection, int queueId, UUID jobId, JobState end, String reason)
            throws SQLException {
        if (end(connection, Statements.of("end_waiting"), jobId, end, reason)) {
            return true;
        }
        for (int segment = 0; segment < Leaf.SEGMENTS; segment++) {
            if (end(connection, Statements.of("end_available", new Leaf(queueId, segment)), jobId, end, reason)) {
                return true;
            }
        }
        return false;
    }

    private static boolean end(Connection connection, String sql, UUID jobId, JobState end, String reason)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, jobId);
            statement.setString(2, end.word());
            statement.setString(3, reason);
            return !CompletionStore.ids(statement).isEmpty();
        }
    }

    /** Asks for a running job of the queue to be cancelled. */
    public static boolean requestCancel(Connection connection, int queueId, UUID jobId) throws SQLException {
        for (int segment = 0; segment < Leaf.SEGMENTS; segment++) {
            String sql = Statements.of("request_cancel", new Leaf(queueId, segment));
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setObject(1, jobId);
                if (!CompletionStore.ids(statement).isEmpty()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Makes the next generation of an ended job, after {@link #lock}; answers its number, or 0 if there was nothing to retry. */
    public static int retry(Connection connection, int queueId, UUID jobId, OffsetDateTime earliestEnd, JobEdit edit)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("retry", new Leaf(queueId, 0)))) {
            statement.setObject(1, jobId);
            statement.setObject(2, earliestEnd);
            statement.setObject(3, jobId);
            statement.setObject(4, earliestEnd);
            int next = bind(connection, statement, 5, edit);
            statement.setObject(next, jobId);
            statement.setObject(next + 1, jobId);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }

    /** Changes a job of the queue that waits or is available; answers whether there was one. */
    public static boolean edit(Connection connection, int queueId, UUID jobId, JobEdit edit) throws SQLException {
        if (edit(connection, Statements.of("edit_waiting"), jobId, edit)) {
            return true;
        }
        for (int segment = 0; segment < Leaf.SEGMENTS; segment++) {
            if (edit(connection, Statements.of("edit_available", new Leaf(queueId, segment)), jobId, edit)) {
                return true;
            }
        }
        return false;
    }

    private static boolean edit(Connection connection, String sql, UUID jobId, JobEdit edit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(bind(connection, statement, 1, edit), jobId);
            return !CompletionStore.ids(statement).isEmpty();
        }
    }

    private static int bind(Connection connection, PreparedStatement statement, int first, JobEdit edit)
            throws SQLException {
        List<String> tags = edit.tags();
        statement.setString(first, edit.payload());
        statement.setString(first + 1, edit.metadata() == null ? null : JSON.writeValueAsString(edit.metadata()));
        statement.setArray(first + 2, tags == null ? null : connection.createArrayOf("text", tags.toArray()));
        statement.setObject(
                first + 3, edit.priority() == null ? null : edit.priority().level(), Types.SMALLINT);
        statement.setObject(first + 4, edit.maxAttempts(), Types.INTEGER);
        return first + 5;
    }

    /** Writes who changed what. */
    public static void audit(
            Connection connection, String action, String subject, @Nullable String actor, String details)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("write_audit"))) {
            statement.setString(1, action);
            statement.setString(2, subject);
            statement.setString(3, actor);
            statement.setString(4, details);
            statement.execute();
        }
    }
}
