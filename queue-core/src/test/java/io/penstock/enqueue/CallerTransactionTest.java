package io.penstock.enqueue;

import static io.penstock.enqueue.Queues.mail;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.JobQueue;
import io.penstock.error.PenstockException;
import io.penstock.error.RefusedException;
import io.penstock.job.NewJob;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class CallerTransactionTest {

    /** Everything of a session that an enqueue could have changed. */
    private static List<String> session(Connection connection) throws SQLException {
        List<String> state = new ArrayList<>();
        state.add("autocommit " + connection.getAutoCommit());
        state.add("network timeout " + connection.getNetworkTimeout());
        state.add("isolation " + connection.getTransactionIsolation());
        state.add("read-only " + connection.isReadOnly());
        state.add("schema " + connection.getSchema());
        state.add("holdability " + connection.getHoldability());
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT name || ' = ' || setting FROM pg_settings ORDER BY name")) {
            while (rows.next()) {
                state.add(rows.getString(1));
            }
        }
        return state;
    }

    private static Connection peculiar(PenstockDatabase database) throws SQLException {
        Connection connection = database.connect();
        connection.setAutoCommit(false);
        connection.setNetworkTimeout(Runnable::run, 12_345);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (Statement statement = connection.createStatement()) {
            statement.execute("DO 'BEGIN END'"); // loads plpgsql, which brings settings of its own
            statement.execute("SET search_path = public, pg_temp");
            statement.execute("SET lock_timeout = '7s'");
            statement.execute("SET statement_timeout = '33s'");
            statement.execute("SET enable_bitmapscan = off");
        }
        connection.commit();
        return connection;
    }

    @Test
    void aJobExistsIfAndOnlyIfTheCallersTransactionCommits(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);
        NewJob<Queues.Mail> job = mail();
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            queue.enqueue(connection, job);
            assertThat(queue.find(job.id())).as("before the commit").isEmpty();
            connection.rollback();
            assertThat(queue.find(job.id())).as("rolled back").isEmpty();

            queue.enqueue(connection, List.of(job, mail().queue("alpha")));
            connection.commit();
        }
        assertThat(queue.find(job.id())).as("committed").isPresent();
    }

    @Test
    void aJobEnqueuedSinceASavepointGoesWithIt(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);
        NewJob<Queues.Mail> kept = mail();
        NewJob<Queues.Mail> undone = mail();
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            queue.enqueue(connection, kept);
            Savepoint savepoint = connection.setSavepoint();
            queue.enqueue(connection, undone);
            connection.rollback(savepoint);
            connection.commit();
        }
        assertThat(queue.find(kept.id())).isPresent();
        assertThat(queue.find(undone.id())).isEmpty();
    }

    @Test
    void anEnqueueLeavesTheSessionAsItFoundIt(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);
        try (Connection connection = peculiar(database)) {
            List<String> before = session(connection);

            queue.enqueue(connection, mail().idempotencyKey("settings"));

            assertThat(session(connection)).isEqualTo(before);
            connection.commit();
            assertThat(session(connection)).isEqualTo(before);
            connection.rollback();
        }
    }

    @Test
    void aFailedEnqueueLeavesTheSessionAsItFoundIt(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);
        try (Connection connection = peculiar(database)) {
            List<String> before = session(connection);
            Savepoint savepoint = connection.setSavepoint();

            assertThatThrownBy(() -> queue.enqueue(connection, mail().queue("absent")))
                    .isInstanceOf(RefusedException.class);

            connection.rollback(savepoint);
            assertThat(session(connection)).isEqualTo(before);
            connection.rollback();
            assertThat(session(connection)).isEqualTo(before);
            connection.rollback();
        }
    }

    @Test
    void aBatchThatFailsAtItsSecondQueueIsUndoneWithTheTransaction(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);
        NewJob<Queues.Mail> good = mail().queue("alpha");
        assertThatThrownBy(() -> queue.enqueue(List.of(good, mail().queue("zz-absent"))))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("\"zz-absent\"");
        assertThat(Queues.rows(database, good.id())).isZero();
    }

    @Test
    void ownTransactionsLeaveThePooledConnectionAsItWas(PenstockDatabase database) throws SQLException {
        Queues.declared(database);
        try (Connection connection = peculiar(database)) {
            List<String> before = session(connection);
            connection.rollback();
            JobQueue queue = JobQueue.on(new PoolOfOne(connection));

            queue.enqueue(mail());
            assertThatThrownBy(() -> queue.enqueue(mail().queue("absent"))).isInstanceOf(PenstockException.class);

            assertThat(session(connection)).isEqualTo(before);
            connection.rollback();
        }
    }

    @Test
    void withAutocommitTheEnqueueIsItsOwnTransaction(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);
        NewJob<Queues.Mail> job = mail();
        try (Connection connection = database.connect()) {
            queue.enqueue(connection, job);
            assertThat(connection.getAutoCommit()).isTrue();
        }
        assertThat(queue.find(job.id())).isPresent();
    }
}
