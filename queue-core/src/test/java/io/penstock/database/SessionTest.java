package io.penstock.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.JobQueue;
import io.penstock.error.RefusedException;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.transaction.TransactionLimits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class SessionTest {

    private static String setting(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_setting('" + name + "')")) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void aTransactionRunsUnderItsLimitsAndLeavesNoneOfThem(PenstockDatabase database) throws SQLException {
        try (Session session = Session.open(database.dataSource(), TransactionLimits.DEFAULT)) {
            List<String> inside = session.inTransaction(connection -> List.of(
                    setting(connection, "lock_timeout"),
                    setting(connection, "statement_timeout"),
                    setting(connection, "idle_in_transaction_session_timeout"),
                    setting(connection, "enable_seqscan"),
                    setting(connection, "jit")));
            assertThat(inside).containsExactly("500ms", "2s", "3s", "off", "off");
            assertThat(setting(session.connection(), "lock_timeout")).isEqualTo("0");
            assertThat(setting(session.connection(), "enable_seqscan")).isEqualTo("on");
        }
    }

    /**
     * Counted by the server. From PostgreSQL 18 on it reports each change of the search path, and the driver forgets all that
     * it has prepared: a session that sets the path with every transaction has each statement parsed and planned anew.
     */
    @Test
    void whatIsPreparedOnceServesAllTransactions(PenstockDatabase database) throws SQLException {
        try (Session session = Session.open(database.dataSource(), TransactionLimits.DEFAULT)) {
            String plans = "SELECT coalesce(max(generic_plans + custom_plans), 0) FROM pg_prepared_statements"
                    + " WHERE statement LIKE 'SELECT 7 AS lucky%'";
            for (int round = 0; round < 20; round++) {
                session.inTransaction(connection -> number(connection, "SELECT 7 AS lucky"));
            }

            assertThat(session.<Long>inTransaction(connection -> number(connection, plans)))
                    .isGreaterThanOrEqualTo(10);
        }
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void aTransactionIsReadCommittedWhateverTheDefault(PenstockDatabase database) throws SQLException {
        database.execute("ALTER DATABASE " + database.name() + " SET default_transaction_isolation = 'serializable'");
        try (Session session = Session.open(database.dataSource(), TransactionLimits.DEFAULT)) {
            assertThat(session.<String>inTransaction(connection -> setting(connection, "transaction_isolation")))
                    .isEqualTo("read committed");
        } finally {
            database.execute("ALTER DATABASE " + database.name() + " RESET default_transaction_isolation");
        }
    }

    @Test
    void workThatFailsIsRolledBackAndTheSessionGoesOn(PenstockDatabase database) throws SQLException {
        try (Session session = Session.open(database.dataSource(), TransactionLimits.DEFAULT)) {
            assertThatThrownBy(() -> session.inTransaction(connection -> {
                        try (Statement statement = connection.createStatement()) {
                            statement.execute("INSERT INTO penstock.sleeper VALUES (1, 1)");
                        }
                        throw new IllegalStateException("the work's own");
                    }))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(session.broken()).isFalse();
            assertThat(session.<Boolean>inTransaction(Connection::isReadOnly)).isFalse();
        }
        assertThat(database.number("SELECT count(*) FROM penstock.sleeper")).isZero();
    }

    @Test
    void aStatementThatTakesTooLongIsEndedAsContention(PenstockDatabase database) throws SQLException {
        try (Session session = Session.open(database.dataSource(), TransactionLimits.DEFAULT)) {
            assertThatThrownBy(() -> session.inTransaction(connection -> {
                        try (Statement statement = connection.createStatement()) {
                            return statement.execute("SELECT pg_sleep(60)");
                        }
                    }))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            failure ->
                                    assertThat(SqlFailure.contention(failure)).isTrue());
        }
    }

    @Test
    void limitsThatWouldHideTheMorePreciseErrorAreRefused() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new TransactionLimits(second, second, second, second, second))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("expected 1 ms <= lock < statement < idle < transaction < network");
    }

    @Test
    void manyInstancesMayDeclareTheirQueuesAtOnce(PenstockDatabase database) throws Exception {
        JobQueue queue = database.jobQueue();
        ExecutorService threads = Executors.newFixedThreadPool(6);
        List<Future<?>> instances = new ArrayList<>();
        for (int instance = 0; instance < 6; instance++) {
            instances.add(threads.submit(() -> {
                for (int number = 0; number < 3; number++) {
                    queue.declare(QueueDefinition.of("at-once-" + number, 0, 10, 1));
                }
            }));
        }
        for (Future<?> instance : instances) {
            instance.get();
        }
        threads.shutdown();
        assertThat(database.number("SELECT count(*) FROM penstock.queue WHERE name LIKE 'at-once-%'"))
                .isEqualTo(3);
    }
}
