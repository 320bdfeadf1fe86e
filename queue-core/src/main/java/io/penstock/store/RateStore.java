package io.penstock.store;

import io.penstock.database.Pipeline;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;

/** Tokens of queues' rates. Inside the caller's transaction: what that takes is taken if it commits. */
public final class RateStore {

    /**
     * What was taken.
     *
     * @param tokens how many
     * @param nextIn when there will be another; zero if there were enough
     */
    public record Taken(int tokens, Duration nextIn) {}

    private RateStore() {}

    /** Takes up to so many tokens of a queue, as a step of a pipeline; as many as are wanted if it has no rate. */
    public static void take(Pipeline pipeline, int queueId, int wanted, Consumer<Taken> taken) {
        pipeline.add(
                Statements.of("take_tokens"),
                (statement, first) -> {
                    statement.setInt(first, queueId);
                    statement.setInt(first + 1, wanted);
                    return first + 2;
                },
                row -> {
                    row.next();
                    taken.accept(new Taken(row.getInt(1), Duration.of(row.getLong(2), ChronoUnit.MICROS)));
                });
    }

    /** Puts tokens back that the same transaction has taken. */
    public static void putBack(Connection connection, int queueId, int tokens) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("put_tokens_back"))) {
            statement.setInt(1, tokens);
            statement.setInt(2, queueId);
            statement.executeUpdate();
        }
    }
}
