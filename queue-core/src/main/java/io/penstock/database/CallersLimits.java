package io.penstock.database;

import io.penstock.job.Checks;
import io.penstock.transaction.Transaction;
import io.penstock.transaction.TransactionLimits;
import io.penstock.transaction.TransactionWork;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Limits for a part of a transaction that is not ours. They are set with SET LOCAL and set back to what they were; where the block has failed in
 * the server, whatever undoes it, a rollback or one to a savepoint, sets them back.
 */
final class CallersLimits {

    private static final String SET = """
            SELECT current_setting('lock_timeout'), current_setting('statement_timeout'),
                   current_setting('idle_in_transaction_session_timeout'),
                   set_config('lock_timeout', ?, true), set_config('statement_timeout', ?, true),
                   set_config('idle_in_transaction_session_timeout', ?, true)
            """;

    private static final String SET_BACK = """
            SELECT set_config('lock_timeout', ?, true), set_config('statement_timeout', ?, true),
                   set_config('idle_in_transaction_session_timeout', ?, true)
            """;

    private record Bounded(Connection connection, long deadline) implements Transaction {
        @Override
        public Duration remaining() {
            return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        }
    }

    private CallersLimits() {}

    static <T extends @Nullable Object> T around(
            String subject, Connection connection, TransactionLimits limits, TransactionWork<T> work)
            throws SQLException {
        if (connection.getAutoCommit()) {
            throw Checks.refused(subject, "a connection with a transaction under way", "one in auto-commit mode");
        }
        List<String> before =
                set(connection, SET, List.of(text(limits.lock()), text(limits.statement()), text(limits.idle())));
        boolean failedInServer = false;
        try {
            return work.apply(new Bounded(
                    GuardedConnection.of(connection),
                    System.nanoTime() + limits.transaction().toNanos()));
        } catch (SQLException failure) {
            failedInServer = true;
            throw failure;
        } finally {
            try {
                set(connection, SET_BACK, before);
            } catch (SQLException failed) {
                if (!failedInServer && !SqlFailure.state(failed).equals("25P02")) {
                    throw failed;
                }
            }
        }
    }

    private static List<String> set(Connection connection, String sql, List<String> values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int index = 0; index < values.size(); index++) {
                statement.setString(index + 1, values.get(index));
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return List.of(row.getString(1), row.getString(2), row.getString(3));
            }
        }
    }

    private static String text(Duration duration) {
        return String.valueOf(duration.toMillis());
    }
}
