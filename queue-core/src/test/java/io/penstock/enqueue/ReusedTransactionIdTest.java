package io.penstock.enqueue;

import static io.penstock.enqueue.Queues.mail;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.error.PenstockException;
import io.penstock.job.NewJob;
import io.penstock.job.QueueDefinition;
import io.penstock.migrate.Migrator;
import io.penstock.testkit.RestartableServer;
import io.penstock.testkit.TcpProxy;
import io.penstock.testkit.TcpProxy.Cut;
import io.penstock.testkit.TcpProxy.Mode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/**
 * A server that crashes forgets the ids of transactions of which nothing had reached its log, and gives them out again. So
 * the id of a transaction whose commit was not answered may by then be that of another.
 */
class ReusedTransactionIdTest {

    private static final int MORE_THAN_WERE_FORGOTTEN = 20;

    @Test
    void aJobThatIsAnsweredToBeThereIsThereThoughItsTransactionIdBelongsToAnother() throws Exception {
        RestartableServer.assumeWanted();
        try (RestartableServer server =
                RestartableServer.start(Map.of("wal_writer_delay", "10s", "autovacuum", "off"))) {
            DataSource dataSource = server.dataSource(server.createDatabase("reused"));
            new Migrator(dataSource).migrate();
            JobQueue.on(dataSource).declare(QueueDefinition.of("mail", 0, 1, 1));
            try (TcpProxy proxy = TcpProxy.before(dataSource)) {
                JobQueue queue = JobQueue.on(proxy.dataSource(dataSource));
                NewJob<Queues.Mail> job = mail();
                proxy.refuseAfterCut();
                proxy.cut("penstock.enqueue_one", Cut.BEFORE_COMMIT);
                CompletableFuture<Boolean> enqueue = CompletableFuture.supplyAsync(() -> answered(queue, job));
                while (!proxy.allCut()) {
                    TimeUnit.MILLISECONDS.sleep(1);
                }
                server.crash();
                useTransactionIds(dataSource);
                proxy.mode(Mode.PASS);

                boolean answered = enqueue.get();

                assertThat(JobQueue.on(dataSource).find(job.id()).isPresent()).isEqualTo(answered);
            }
        }
    }

    private static boolean answered(JobQueue queue, NewJob<Queues.Mail> job) {
        try {
            queue.enqueue(job);
            return true;
        } catch (PenstockException unknown) {
            return false;
        }
    }

    private static void useTransactionIds(DataSource dataSource) throws SQLException {
        for (int number = 0; number < MORE_THAN_WERE_FORGOTTEN; number++) {
            try (Connection connection = dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_current_xact_id()");
            }
        }
    }
}
