package io.penstock.store;

import io.penstock.job.Attempt;
import io.penstock.job.Progress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How far attempts say they have come. Runs inside the caller's transaction. */
public final class ProgressStore {

    /** What an attempt said last. */
    public record Said(
            Attempt attempt,
            long done,
            long total,
            @Nullable String note) {}

    private ProgressStore() {}

    /** Keeps what was said, of each attempt at most once. What an earlier attempt says after a later one is dropped. */
    public static void write(Connection connection, List<Said> said) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("write_progress"))) {
            array(statement, 1, "uuid", said.stream().map(each -> each.attempt().jobId()));
            array(
                    statement,
                    2,
                    "integer",
                    said.stream().map(each -> each.attempt().generation()));
            array(
                    statement,
                    3,
                    "bigint",
                    said.stream().map(each -> each.attempt().leaseToken()));
            array(statement, 4, "bigint", said.stream().map(Said::done));
            array(statement, 5, "bigint", said.stream().map(Said::total));
            array(statement, 6, "text", said.stream().map(Said::note));
            statement.executeUpdate();
        }
    }

    private static void array(PreparedStatement statement, int parameter, String type, Stream<?> values)
            throws SQLException {
        statement.setArray(parameter, statement.getConnection().createArrayOf(type, values.toArray()));
    }

    /** What was said last of the newest generation that said anything. */
    public static Optional<Progress> read(Connection connection, UUID jobId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("read_progress"))) {
            statement.setObject(1, jobId);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Progress(
                                row.getLong(1),
                                row.getLong(2),
                                row.getString(3),
                                row.getObject(4, OffsetDateTime.class).toInstant()))
                        : Optional.empty();
            }
        }
    }

    /** Forgets some of those that are old; answers how many. */
    public static int forget(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("forget_progress"));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }
}
