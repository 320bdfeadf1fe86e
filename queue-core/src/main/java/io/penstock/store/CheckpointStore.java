package io.penstock.store;

import io.penstock.job.Attempt;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** How far a job has come. Runs inside the caller's transaction. */
public final class CheckpointStore {

    private CheckpointStore() {}

    /** Keeps a state, as JSON; answers whether the attempt still owns its job. */
    public static boolean write(Connection connection, Leaf leaf, Attempt attempt, String state) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("write_checkpoint", leaf))) {
            statement.setString(1, state);
            statement.setObject(2, attempt.jobId());
            statement.setInt(3, attempt.generation());
            statement.setInt(4, attempt.number());
            statement.setLong(5, attempt.leaseToken());
            return !CompletionStore.ids(statement).isEmpty();
        }
    }

    /** What this or an earlier attempt kept, as JSON. */
    public static Optional<String> read(Connection connection, Attempt attempt) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("read_checkpoint"))) {
            statement.setObject(1, attempt.jobId());
            statement.setInt(2, attempt.generation());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    /** Forgets some of those that are old; answers how many. */
    public static int forget(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("forget_checkpoints"));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }
}
