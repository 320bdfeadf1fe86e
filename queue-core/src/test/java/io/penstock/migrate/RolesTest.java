package io.penstock.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.JobQueue;
import io.penstock.database.ServerIdentity;
import io.penstock.database.Session;
import io.penstock.database.Work;
import io.penstock.error.SchemaException;
import io.penstock.job.JobState;
import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import io.penstock.job.QueueDefinition;
import io.penstock.store.CheckpointStore;
import io.penstock.store.ClaimStore;
import io.penstock.store.ClaimedJob;
import io.penstock.store.CompletionStore;
import io.penstock.store.DayStore;
import io.penstock.store.Ending;
import io.penstock.store.FloorStore;
import io.penstock.store.Leaf;
import io.penstock.store.PromotionStore;
import io.penstock.store.QueueStore;
import io.penstock.store.Range;
import io.penstock.store.WorkerStore;
import io.penstock.testkit.Login;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a login can do with one of the roles and nothing else. */
@PenstockDatabase.Fresh
class RolesTest {

    record Mail(String to) {}

    private static final JobType<Mail> MAIL = JobType.of("mail", Mail.class).onQueue("mail");

    private static NewJob<Mail> mail() {
        return MAIL.with(new Mail("a@example.org"));
    }

    private static void assertDenied(Login login, String... statements) {
        for (String statement : statements) {
            assertThatThrownBy(() -> login.execute(statement))
                    .as(statement)
                    .isInstanceOf(SQLException.class)
                    .extracting(failure -> ((SQLException) failure).getSQLState())
                    .isEqualTo("42501");
        }
    }

    private static <T> T transact(Login login, Work<T> work) throws SQLException {
        try (Session session = Session.open(login.dataSource(), TransactionLimits.DEFAULT)) {
            return session.inTransaction(work);
        }
    }

    @Test
    void anEnqueuerEnqueuesAndNothingElse(PenstockDatabase database) throws SQLException {
        database.jobQueue().declare(QueueDefinition.of("mail", 0, 10, 1));
        try (Login login = Login.in(database, "penstock_enqueuer")) {
            JobQueue queue = JobQueue.on(login.dataSource());

            assertThat(queue.enqueue(
                            List.of(mail(), mail().runIn(Duration.ofHours(1)).idempotencyKey("k"))))
                    .allMatch(enqueued -> enqueued.created());
            login.execute("SELECT penstock.enqueue('mail', 'mail')");

            assertDenied(
                    login,
                    "SELECT * FROM penstock.live",
                    "SELECT * FROM penstock.live_q1_s0",
                    "SELECT * FROM penstock.waiting",
                    "SELECT * FROM penstock.finished",
                    "SELECT * FROM penstock.idempotency",
                    "INSERT INTO penstock.live_q1_s0 DEFAULT VALUES",
                    "INSERT INTO penstock.waiting DEFAULT VALUES",
                    "SELECT nextval('penstock.position_q1')",
                    "SELECT penstock.create_queue('mine', 0, 1, 1)",
                    "SELECT penstock.record_job_events(true)",
                    "SELECT penstock.ensure_days()",
                    "CREATE TABLE penstock.mine ()");
            assertThatThrownBy(() -> queue.declare(QueueDefinition.of("mine", 0, 1, 1)))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void aReaderReadsAndDoesNotWrite(PenstockDatabase database) throws SQLException {
        JobQueue owner = database.jobQueue();
        owner.declare(QueueDefinition.of("mail", 0, 10, 1));
        NewJob<Mail> job = mail();
        owner.enqueue(job);
        try (Login login = Login.in(database, "penstock_reader")) {
            JobQueue queue = JobQueue.on(login.dataSource());

            assertThat(queue.find(job.id())).isPresent();
            login.execute(
                    "SELECT * FROM penstock.live_q1_s0, penstock.worker, penstock.queue, penstock.schema_history");

            assertDenied(
                    login,
                    "DELETE FROM penstock.live",
                    "UPDATE penstock.live_q1_s0 SET state = 'available'",
                    "INSERT INTO penstock.worker DEFAULT VALUES",
                    "UPDATE penstock.queue SET weight = 2",
                    "SELECT penstock.enqueue('mail', 'mail')",
                    "SELECT penstock.create_queue('mine', 0, 1, 1)");
            assertThatThrownBy(() -> queue.cancel(job.id(), "no")).isInstanceOf(SchemaException.class);
        }
    }

    @Test
    void aWorkerMakesQueuesClaimsAndFinishes(PenstockDatabase database) throws SQLException {
        try (Login login = Login.in(database, "penstock_worker")) {
            JobQueue queue = JobQueue.on(login.dataSource());
            queue.declare(QueueDefinition.of("worked", 1, 10, 1));
            queue.declare(QueueDefinition.of("worked", 2, 20, 3));
            NewJob<Mail> job = mail().queue("worked");
            queue.enqueue(job);
            Leaf leaf = new Leaf(
                    Math.toIntExact(database.number("SELECT queue_id FROM penstock.queue WHERE name = 'worked'")), 0);
            long worker = transact(login, connection -> WorkerStore.register(connection, "w", Duration.ofSeconds(15)));

            ClaimedJob first = transact(
                            login, connection -> ClaimStore.claim(connection, leaf, worker, new long[4], 10))
                    .get(0);
            transact(
                    login,
                    connection -> CompletionStore.postpone(
                            connection, leaf, List.of(Ending.retryable(first.attempt(), Duration.ZERO, "{}"))));
            transact(login, connection -> PromotionStore.promote(connection, leaf.queueId(), 0, 10));
            ClaimedJob second = transact(
                            login, connection -> ClaimStore.claim(connection, leaf, worker, new long[4], 10))
                    .get(0);
            transact(login, connection -> CompletionStore.release(connection, leaf, List.of(second.attempt())));
            ClaimedJob third = transact(
                            login, connection -> ClaimStore.claim(connection, leaf, worker, new long[4], 10))
                    .get(0);
            assertThat(RolesTest.<Set<?>>transact(
                            login,
                            connection -> CompletionStore.finish(
                                    connection, leaf, List.of(Ending.completed(third.attempt())))))
                    .hasSize(1);
            assertThat(queue.find(job.id()))
                    .get()
                    .satisfies(found -> assertThat(found.state()).isEqualTo(JobState.COMPLETED));

            assertThat(queue.retry(job.id())).isEqualTo(2);
            assertThat(queue.cancel(job.id(), "enough")).isTrue();
        }
    }

    @Test
    void aWorkerDoesItsHousekeeping(PenstockDatabase database) throws SQLException {
        database.jobQueue().declare(QueueDefinition.of("kept", 0, 10, 1));
        Leaf leaf = new Leaf(
                Math.toIntExact(database.number("SELECT queue_id FROM penstock.queue WHERE name = 'kept'")), 0);
        try (Login login = Login.in(database, "penstock_worker")) {
            long worker = transact(login, connection -> WorkerStore.register(connection, "w", Duration.ofSeconds(15)));
            transact(login, connection -> {
                WorkerStore.sleep(connection, worker, Set.of(leaf.queueId()));
                WorkerStore.wake(connection, worker, Set.of(leaf.queueId()));
                WorkerStore.lockSession(connection, worker);
                return WorkerStore.others(connection, worker);
            });
            transact(
                    login,
                    connection -> WorkerStore.rescue(
                            connection, leaf, new Range(new long[4], new long[] {9, 9, 9, 9}), worker, "{}"));
            transact(login, connection -> ClaimStore.raiseCeiling(connection, leaf.queueId(), 0, 10));
            transact(login, DayStore::ensure);
            transact(login, DayStore::prune);
            transact(login, DayStore::forgetKeys);
            transact(login, CheckpointStore::forget);
            transact(login, DayStore::expired);
            transact(login, connection -> FloorStore.watch(connection, Map.of(leaf.queueId(), 0L)));
            transact(login, FloorStore::newTransactionId);
            transact(login, connection -> FloorStore.inProgress(connection, Long.MAX_VALUE));
            assertThat(RolesTest.<Boolean>transact(
                            login,
                            connection -> QueueStore.clearSegment(
                                    connection, new Leaf(leaf.queueId(), 1), new long[4], Map.of(), 1L)))
                    .isTrue();
            ServerIdentity identity = transact(login, ServerIdentity::read);
            assertThat(identity.systemIdentifier()).isNotZero();
            assertDenied(
                    login,
                    "DELETE FROM penstock.queue",
                    "DELETE FROM penstock.finished",
                    "UPDATE penstock.finished SET state = 'completed'",
                    "TRUNCATE penstock.live_q1_s0",
                    "DROP TABLE penstock.live_q1_s0",
                    "SELECT penstock.record_job_events(true)");
        }
    }
}
