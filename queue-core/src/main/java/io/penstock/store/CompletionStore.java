package io.penstock.store;

import io.penstock.job.Attempt;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Ends attempts. Every statement names the attempt and its lease token, and answers the jobs that it changed; those that
 * are missing in the answer were held by somebody else, or the attempt no longer owns them. Runs inside the caller's
 * transaction.
 */
public final class CompletionStore {

    private CompletionStore() {}

    /** Ends attempts for good. */
    public static Set<UUID> finish(Connection connection, Leaf leaf, List<Ending> endings) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("finish", leaf))) {
            setAttempts(
                    connection, statement, endings.stream().map(Ending::attempt).toList());
            statement.setArray(
                    5,
                    texts(connection, "text", endings, ending -> ending.state().word()));
            statement.setArray(6, texts(connection, "text", endings, Ending::reason));
            statement.setArray(7, texts(connection, "jsonb", endings, Ending::failure));
            return ids(statement);
        }
    }

    /** Ends attempts whose jobs run again later. */
    public static Set<UUID> postpone(Connection connection, Leaf leaf, List<Ending> endings) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("postpone", leaf))) {
            setAttempts(
                    connection, statement, endings.stream().map(Ending::attempt).toList());
            statement.setArray(
                    5,
                    texts(connection, "text", endings, ending -> ending.state().word()));
            statement.setArray(
                    6,
                    array(
                            connection,
                            "bigint",
                            endings,
                            ending -> ending.delay().toMillis()));
            statement.setArray(7, texts(connection, "jsonb", endings, Ending::failure));
            return ids(statement);
        }
    }

    /** Gives jobs back that were not started; their attempts are not charged. */
    public static Set<UUID> release(Connection connection, Leaf leaf, List<Attempt> attempts) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("release", leaf))) {
            setAttempts(connection, statement, attempts);
            statement.setString(5, leaf.positionSequence());
            return ids(statement);
        }
    }

    /** Which of the attempts still run under their lease token. */
    public static Set<UUID> stillRunning(Connection connection, Leaf leaf, List<Attempt> attempts) throws SQLException {
        return lookUp(connection, "still_running", leaf, attempts);
    }

    /** Which of the attempts have ended just as given. */
    public static Set<UUID> endedUnderToken(Connection connection, List<Ending> endings) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("ended_under_token"))) {
            statement.setArray(
                    1,
                    array(
                            connection,
                            "uuid",
                            endings,
                            ending -> ending.attempt().jobId()));
            statement.setArray(
                    2,
                    array(
                            connection,
                            "integer",
                            endings,
                            ending -> ending.attempt().generation()));
            statement.setArray(
                    3,
                    array(
                            connection,
                            "bigint",
                            endings,
                            ending -> ending.attempt().leaseToken()));
            statement.setArray(
                    4,
                    texts(connection, "text", endings, ending -> ending.state().word()));
            return ids(statement);
        }
    }

    /** Which of the attempts belong to jobs whose cancellation was asked for. */
    public static Set<UUID> toBeCancelled(Connection connection, Leaf leaf, List<Attempt> attempts)
            throws SQLException {
        return lookUp(connection, "to_be_cancelled", leaf, attempts);
    }

    /**
     * Completes an attempt on a handler's own connection, in its own transaction.
     *
     * @return whether the attempt still owned the job; if not, nothing was changed
     */
    public static boolean completeInTransaction(Connection connection, Leaf leaf, Attempt attempt) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(Statements.of("complete_in_transaction", leaf))) {
            statement.setObject(1, attempt.jobId());
            statement.setInt(2, attempt.generation());
            statement.setInt(3, attempt.number());
            statement.setLong(4, attempt.leaseToken());
            return !ids(statement).isEmpty();
        }
    }

    private static Set<UUID> lookUp(Connection connection, String name, Leaf leaf, List<Attempt> attempts)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of(name, leaf))) {
            statement.setArray(1, array(connection, "uuid", attempts, Attempt::jobId));
            statement.setArray(2, array(connection, "bigint", attempts, Attempt::leaseToken));
            return ids(statement);
        }
    }

    private static void setAttempts(Connection connection, PreparedStatement statement, List<Attempt> attempts)
            throws SQLException {
        statement.setArray(1, array(connection, "uuid", attempts, Attempt::jobId));
        statement.setArray(2, array(connection, "integer", attempts, Attempt::generation));
        statement.setArray(3, array(connection, "integer", attempts, Attempt::number));
        statement.setArray(4, array(connection, "bigint", attempts, Attempt::leaseToken));
    }

    private static <T> Array array(Connection connection, String type, List<T> items, Function<T, Object> value)
            throws SQLException {
        return connection.createArrayOf(type, items.stream().map(value).toArray());
    }

    private static Array texts(
            Connection connection, String type, List<Ending> endings, Function<Ending, @Nullable String> value)
            throws SQLException {
        @Nullable Object[] values = new @Nullable Object[endings.size()];
        for (int index = 0; index < values.length; index++) {
            values[index] = value.apply(endings.get(index));
        }
        return connection.createArrayOf(type, values);
    }

    static Set<UUID> ids(PreparedStatement statement) throws SQLException {
        Set<UUID> ids = new HashSet<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getObject(1, UUID.class));
            }
        }
        return ids;
    }
}
