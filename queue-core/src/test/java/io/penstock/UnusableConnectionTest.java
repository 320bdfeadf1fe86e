package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.DatabaseUnavailableException;
import io.penstock.error.SchemaException;
import io.penstock.error.TransactionUnusableException;
import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.Login;
import io.penstock.testkit.PenstockDatabase;
import java.io.IOException;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** What a connection can be like that nothing can be enqueued through. */
@PenstockDatabase.Fresh
class UnusableConnectionTest {

    record Mail(String to) {}

    private static final NewJob<Mail> JOB = JobType.of("mail", Mail.class).with(new Mail("a@example.org"));

    private static JobQueue declared(PenstockDatabase database) {
        JobQueue queue = database.jobQueue();
        queue.declare(QueueDefinition.of("default", 0, 10, 1));
        return queue;
    }

    @Test
    void aClosedConnectionIsRefused(PenstockDatabase database) throws SQLException {
        JobQueue queue = declared(database);
        Connection connection = database.connect();
        connection.close();
        assertThatThrownBy(() -> queue.enqueue(connection, JOB))
                .isInstanceOf(TransactionUnusableException.class)
                .hasMessageContaining("expected an open connection, was a closed one");
    }

    @Test
    void aReadOnlyTransactionIsRefused(PenstockDatabase database) throws SQLException {
        JobQueue queue = declared(database);
        try (Connection connection = database.connect()) {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> queue.enqueue(connection, JOB))
                    .isInstanceOf(TransactionUnusableException.class)
                    .hasMessageContaining("expected a transaction that may write, was read-only");
            connection.rollback();
        }
        assertThat(queue.find(JOB.id())).isEmpty();
    }

    @Test
    void aTransactionThatHasFailedAlreadyIsRefused(PenstockDatabase database) throws SQLException {
        JobQueue queue = declared(database);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> statement.execute("SELECT 1 / 0")).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> queue.enqueue(connection, JOB))
                    .isInstanceOf(TransactionUnusableException.class)
                    .hasMessageContaining("was one in which a statement has failed already");
            connection.rollback();
        }
        assertThat(queue.find(JOB.id())).isEmpty();
    }

    @Test
    void aConnectionThatTheServerCutIsReportedAsUnavailable(PenstockDatabase database) throws SQLException {
        JobQueue queue = declared(database);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SET application_name = 'to be cut'");
            database.query("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    + " WHERE application_name = 'to be cut'");
            assertThatThrownBy(() -> queue.enqueue(connection, JOB))
                    .isInstanceOf(DatabaseUnavailableException.class)
                    .hasMessageContaining(JOB.id().toString())
                    .hasMessageContaining("nothing was committed");
        }
        assertThat(queue.find(JOB.id())).isEmpty();
    }

    @Test
    void aLoginThatIsRefusedIsReportedWithWhatToCheck(PenstockDatabase database) {
        PGSimpleDataSource stranger = new PGSimpleDataSource();
        stranger.setUrl(database.url());
        stranger.setUser("penstock_nobody");
        stranger.setPassword("wrong");
        assertThatThrownBy(() -> JobQueue.on(stranger))
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageMatching("(?s).*the server refused the login: .*\\(SQLSTATE 28.*check user and password");
    }

    @Test
    void aDatabaseThatDoesNotExistIsReportedAsUnavailable(PenstockDatabase database) {
        PGSimpleDataSource absent = new PGSimpleDataSource();
        absent.setUrl(PenstockDatabase.server().url(database.name() + "_absent"));
        absent.setUser(PenstockDatabase.server().user());
        absent.setPassword(PenstockDatabase.server().password());
        assertThatThrownBy(() -> JobQueue.on(absent))
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining("does not exist");
    }

    @Test
    void aServerThatCannotBeReachedIsReported() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setUrl("jdbc:postgresql://127.0.0.1:" + closed + "/penstock");
        nowhere.setUser("penstock");
        assertThatThrownBy(() -> JobQueue.on(nowhere))
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining("try again when the server is back");
    }

    @Test
    void aLoginWithoutAnyRoleIsToldWhichToAskFor(PenstockDatabase database) throws SQLException {
        declared(database);
        try (Login login = Login.in(database)) {
            assertThatThrownBy(() -> JobQueue.on(login.dataSource()))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("permission denied")
                    .hasMessageContaining("grant penstock_enqueuer or penstock_worker to this login");
        }
    }
}
