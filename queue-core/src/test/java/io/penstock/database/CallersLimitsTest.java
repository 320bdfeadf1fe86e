package io.penstock.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Limits for a while in a transaction of somebody else. */
@PenstockDatabase.Fresh
class CallersLimitsTest extends Accounts {

    CallersLimitsTest(PenstockDatabase database) {
        super(database);
    }

    @Test
    void limitsInACallersTransactionAreSetBack() throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            run(connection, "SET LOCAL lock_timeout = '7s'");
            Map<String, String> before = settings(connection);

            queue.within(connection, SHORT, transaction -> {
                assertThat(settings(transaction.connection())).containsEntry("lock_timeout", "100");
                return run(transaction, add(1));
            });
            assertThat(settings(connection)).isEqualTo(before);

            assertThatThrownBy(() -> queue.within(connection, SHORT, transaction -> {
                        throw new IllegalStateException("the block's own");
                    }))
                    .hasMessage("the block's own");
            assertThat(settings(connection)).isEqualTo(before);

            var savepoint = connection.setSavepoint();
            assertThatThrownBy(() -> queue.within(connection, SHORT, transaction -> run(transaction, "SELECT 1 / 0")))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("division by zero");
            connection.rollback(savepoint);
            assertThat(settings(connection)).isEqualTo(before);
            connection.commit();
        }
        assertThat(balance(1)).isEqualTo(1);
        try (Connection connection = database.connect()) {
            assertThatThrownBy(() -> queue.within(connection, SHORT, transaction -> "never"))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("expected a connection with a transaction under way");
        }
    }

    @Test
    void anEnqueueThroughACallersConnectionLeavesEverySettingAsItWas() throws SQLException {
        try (Connection connection = database.connect()) {
            Map<String, String> outside = settings(connection);
            connection.setAutoCommit(false);
            Map<String, String> before = settings(connection);
            queue.enqueue(connection, JOB.with(new Nothing()));
            assertThat(settings(connection))
                    .containsAllEntriesOf(before); // and those of PL/pgSQL, which is loaded then
            connection.commit();
            connection.setAutoCommit(true);
            assertThat(settings(connection)).containsAllEntriesOf(outside);
        }
    }

    private static Map<String, String> settings(Connection connection) throws SQLException {
        Map<String, String> settings = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT name, setting FROM pg_settings")) {
            while (rows.next()) {
                settings.put(rows.getString(1), rows.getString(2));
            }
        }
        return settings;
    }
}
