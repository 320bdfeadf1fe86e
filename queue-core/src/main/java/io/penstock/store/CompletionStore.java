package io.penstock.store;

import io.penstock.database.Pipeline;
import io.penstock.job.Attempt;
import io.penstock.job.JobState;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Ends attempts. Every statement names the attempt and its lease token, and answers the jobs that it changed; those that
 * are missing in the answer were held by somebody else, or the attempt no longer owns them. Runs inside the caller's
 * transaction.
 */
public final class CompletionStore {

    private CompletionStore() {}

    /** What a statement that ends attempts is given besides them, their states and what is kept of them. */
    @FunctionalInterface
    private interface Detail {
        Array array() throws SQLException;
    }

    /** Ends attempts for good. The pipeline's connection is needed for its arrays. */
    public static void finish(
            Pipeline pipeline, Connection connection, Leaf leaf, List<Ending> endings, Consumer<Set<UUID>> changed) {
        List<Ending> completed = new ArrayList<>();
        List<Ending> others = new ArrayList<>();
        endings.forEach(ending -> {
            boolean plain = ending.state() == JobState.COMPLETED && ending.detail() == null;
            (plain ? completed : others).add(ending);
        });
        complete(pipeline, connection, leaf, attempts(completed), changed);
        if (!others.isEmpty()) {
            Detail reasons = () -> texts(connection, "text", others, Ending::reason);
            end(pipeline, connection, Statements.of("finish", leaf), others, reasons, changed);
        }
    }

    private static void complete(
            Pipeline pipeline, Connection connection, Leaf leaf, List<Attempt> attempts, Consumer<Set<UUID>> changed) {
        if (!attempts.isEmpty()) {
            pipeline.add(
                    Statements.of("complete", leaf),
                    (statement, first) -> bindAttempts(connection, statement, first, attempts),
                    rows -> changed.accept(ids(rows)));
        }
    }

    /** Ends attempts whose jobs run again later. */
    public static void postpone(
            Pipeline pipeline, Connection connection, Leaf leaf, List<Ending> endings, Consumer<Set<UUID>> changed) {
        Detail delays = () ->
                array(connection, "bigint", endings, ending -> ending.delay().toMillis());
        end(pipeline, connection, Statements.of("postpone", leaf), endings, delays, changed);
    }

    private static void end(
            Pipeline pipeline,
            Connection connection,
            String sql,
            List<Ending> endings,
            Detail detail,
            Consumer<Set<UUID>> changed) {
        pipeline.add(
                sql,
                (statement, first) -> {
                    int next = bindAttempts(connection, statement, first, attempts(endings));
                    statement.setArray(
                            next,
                            texts(
                                    connection,
                                    "text",
                                    endings,
                                    ending -> ending.state().word()));
                    statement.setArray(next + 1, detail.array());
                    statement.setArray(next + 2, texts(connection, "jsonb", endings, Ending::detail));
                    return next + 3;
                },
                rows -> changed.accept(ids(rows)));
    }

    /** Gives jobs back that were not started, or not to their end; their attempts are not charged. */
    public static void release(
            Pipeline pipeline, Connection connection, Leaf leaf, List<Attempt> attempts, Consumer<Set<UUID>> changed) {
        pipeline.add(
                Statements.of("release", leaf),
                (statement, first) -> {
                    int next = bindAttempts(connection, statement, first, attempts);
                    statement.setString(next, leaf.positionSequence());
                    return next + 1;
                },
                rows -> changed.accept(ids(rows)));
    }

    /** As the pipelined one, in a round trip of its own. */
    public static Set<UUID> finish(Connection connection, Leaf leaf, List<Ending> endings) throws SQLException {
        return alone(connection, (pipeline, changed) -> finish(pipeline, connection, leaf, endings, changed));
    }

    /** As the pipelined one, in a round trip of its own. */
    public static Set<UUID> postpone(Connection connection, Leaf leaf, List<Ending> endings) throws SQLException {
        return alone(connection, (pipeline, changed) -> postpone(pipeline, connection, leaf, endings, changed));
    }

    /** As the pipelined one, in a round trip of its own. */
    public static Set<UUID> release(Connection connection, Leaf leaf, List<Attempt> attempts) throws SQLException {
        return alone(connection, (pipeline, changed) -> release(pipeline, connection, leaf, attempts, changed));
    }

    private static Set<UUID> alone(Connection connection, BiConsumer<Pipeline, Consumer<Set<UUID>>> step)
            throws SQLException {
        Pipeline pipeline = new Pipeline();
        Set<UUID> changed = new HashSet<>();
        step.accept(pipeline, changed::addAll);
        pipeline.run(connection);
        return changed;
    }

    /** Which of the attempts still run under their lease token. */
    public static Set<UUID> stillRunning(Connection connection, Leaf leaf, List<Attempt> attempts) throws SQLException {
        return lookUp(connection, "still_running", leaf, attempts);
    }

    /** Which of the attempts have ended just as given. */
    public static Set<UUID> endedUnderToken(Connection connection, Leaf leaf, List<Ending> endings)
            throws SQLException {
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
            statement.setInt(5, leaf.queueId());
            statement.setInt(6, leaf.queueId());
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
            statement.setArray(1, ids(connection, attempts));
            statement.setArray(2, tokens(connection, attempts));
            return ids(statement);
        }
    }

    private static List<Attempt> attempts(List<Ending> endings) {
        return endings.stream().map(Ending::attempt).toList();
    }

    static Array ids(Connection connection, List<Attempt> attempts) throws SQLException {
        return array(connection, "uuid", attempts, Attempt::jobId);
    }

    static Array tokens(Connection connection, List<Attempt> attempts) throws SQLException {
        return array(connection, "bigint", attempts, Attempt::leaseToken);
    }

    private static int bindAttempts(
            Connection connection, PreparedStatement statement, int first, List<Attempt> attempts) throws SQLException {
        statement.setArray(first, ids(connection, attempts));
        statement.setArray(first + 1, array(connection, "integer", attempts, Attempt::generation));
        statement.setArray(first + 2, array(connection, "integer", attempts, Attempt::number));
        statement.setArray(first + 3, tokens(connection, attempts));
        return first + 4;
    }

    static <T> Array array(Connection connection, String type, List<T> items, Function<T, Object> value)
            throws SQLException {
        return connection.createArrayOf(type, items.stream().map(value).toArray());
    }

    static <T> Array texts(Connection connection, String type, List<T> items, Function<T, @Nullable String> value)
            throws SQLException {
        @Nullable Object[] values = new @Nullable Object[items.size()];
        for (int index = 0; index < values.length; index++) {
            values[index] = value.apply(items.get(index));
        }
        return connection.createArrayOf(type, values);
    }

    static Set<UUID> ids(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return ids(rows);
        }
    }

    private static Set<UUID> ids(ResultSet rows) throws SQLException {
        Set<UUID> ids = new HashSet<>();
        while (rows.next()) {
            ids.add(rows.getObject(1, UUID.class));
        }
        return ids;
    }
}
