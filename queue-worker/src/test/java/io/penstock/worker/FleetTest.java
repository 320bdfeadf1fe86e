package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobState;
import io.penstock.job.Lending;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.observe.WorkerEvent.GuaranteesMet;
import io.penstock.observe.WorkerEvent.GuaranteesShort;
import io.penstock.observe.WorkerEvent.HeavyQueuesGiveWay;
import io.penstock.observe.WorkerEvent.HeavyQueuesRestored;
import io.penstock.operate.QueueOperations;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Budgets over several workers: divided, changed while they run, and shrunk where they do not fit. */
@PenstockDatabase.Fresh
class FleetTest {

    private final PenstockDatabase database;
    private final Scene scene;
    private final QueueOperations queues;
    private final AtomicInteger running = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);

    FleetTest(PenstockDatabase database) {
        this.database = database;
        this.scene = new Scene(database);
        this.queues = QueueOperations.on(database.dataSource(), "tester");
    }

    private WorkerBuilder worker(String name, ConcurrencyBudget budget) {
        return scene.worker(budget).name(name).handle(scene.type, context -> {
            running.incrementAndGet();
            end.await();
            return Outcome.completed();
        });
    }

    private void await(String what, int expected) {
        Awaitility.await(what).atMost(Duration.ofSeconds(60)).until(() -> running.get() == expected);
    }

    /** The sum of all workers' parts of the only queue. */
    private long shared(int part) throws SQLException {
        return database.number("SELECT coalesce(sum((share ->> " + part + ")::integer), 0) FROM penstock.allocation,"
                + " jsonb_each(shares) AS worker (id, queues), jsonb_each(worker.queues) AS queue (id, share)");
    }

    private void awaitSharedBy(int workers, int limit) {
        Awaitility.await("shares of " + workers)
                .atMost(Duration.ofSeconds(60))
                .until(() -> shared(1) == limit
                        && database.number("SELECT count(*) FROM penstock.allocation, jsonb_object_keys(shares)")
                                == workers);
    }

    private void awaitShared(int part, int expected) {
        Awaitility.await("share " + part).atMost(Duration.ofSeconds(60)).until(() -> shared(part) == expected);
    }

    @Test
    void aLimitHoldsOverAllWorkersAndIsRaisedAndLoweredWhileTheyRun() throws SQLException {
        ConcurrencyBudget five = ConcurrencyBudget.spare(5);
        try (Worker one = worker("one", five).start();
                Worker other = worker("other", five).start()) {
            awaitSharedBy(2, 5);
            scene.awaitLooks(4); // both have read it
            List<UUID> jobs = IntStream.range(0, 12).mapToObj(scene::enqueue).toList();
            await("the limit of both together", 5);
            scene.awaitLooks(4);
            assertThat(running).hasValue(5);
            queues.changeBudget(scene.type.queue(), old -> new ConcurrencyBudget(0, 9, 1));
            await("the raised limit", 9);
            queues.changeBudget(scene.type.queue(), old -> new ConcurrencyBudget(0, 1, 1));
            awaitShared(1, 1);
            scene.awaitLooks(2);
            assertThat(running).as("what runs goes on, and nothing is started").hasValue(9);
            end.countDown();
            jobs.forEach(id -> scene.awaitState(id, JobState.COMPLETED));
        }
        assertThat(database.query(
                        "SELECT action || ' ' || (details ->> 'old') || ' ' || (details ->> 'new') FROM penstock.audit"
                                + " WHERE action = 'budget' ORDER BY audit_id"))
                .containsExactly("budget 0/5/1 0/9/1", "budget 0/9/1 0/1/1");
    }

    /** The bound that is stated of limits that are not strict: what was moved may run twice, as long as those that run on it take. */
    @Test
    void whileAWorkerJoinsNoMoreRunsAboveTheLimitThanWasMoved() throws SQLException {
        ConcurrencyBudget six = ConcurrencyBudget.spare(6);
        try (Worker one = worker("one", six).start()) {
            List<UUID> jobs = IntStream.range(0, 12).mapToObj(scene::enqueue).toList();
            await("the limit of the first alone", 6);
            try (Worker other = worker("other", six).start()) {
                awaitSharedBy(2, 6);
                await("the half that was moved", 9);
                scene.awaitLooks(4);
                assertThat(running).hasValue(9);
                end.countDown();
                jobs.forEach(id -> scene.awaitState(id, JobState.COMPLETED));
            }
        }
    }

    @Test
    void whoLeavesGivesItsShareToTheOthers() throws SQLException {
        ConcurrencyBudget budget = new ConcurrencyBudget(4, 6, 1);
        try (Worker stays = worker("stays", budget).start()) {
            awaitShared(0, 4);
            try (Worker leaves = worker("leaves", budget).start()) {
                assertThat(database.number("SELECT count(*) FROM penstock.member"))
                        .isEqualTo(2);
                awaitShared(0, 4);
            }
            IntStream.range(0, 8).forEach(scene::enqueue);
            await("all of the limit on the one that stays", 6);
            end.countDown();
        }
        assertThat(database.number("SELECT count(*) FROM penstock.member")).isZero();
    }

    @Test
    void guaranteesThatDoNotFitAreToldOnceAndSoIsThatTheyDoAgain() {
        ConcurrencyBudget much = new ConcurrencyBudget(12, 12, 1);
        try (Worker small = worker("small", much).capacity(4).headroom(2).start()) {
            GuaranteesShort missing = scene.awaitEvent(GuaranteesShort.class);
            assertThat(missing).isEqualTo(new GuaranteesShort(6, 1, 6));
            try (Worker large = worker("large", much).capacity(10).headroom(0).start()) {
                scene.awaitEvent(GuaranteesMet.class);
                assertThat(scene.count(GuaranteesShort.class)).isEqualTo(1);
            }
        }
    }

    @Test
    void heavyQueuesGiveWayWhileAnAlertIsOpenForAnother() throws SQLException {
        QueueDefinition heavy =
                new QueueDefinition(scene.type.queue() + "-heavy", ConcurrencyBudget.spare(4)).heavy(true);
        String weights =
                "SELECT DISTINCT s.share ->> 2 FROM penstock.allocation AS a, jsonb_each(a.shares) AS m (worker_id, queues),"
                        + " jsonb_each(m.queues) AS s (queue_id, share) JOIN penstock.queue AS q ON q.queue_id = s.queue_id::integer WHERE q.name = '";
        try (Worker one = worker("one", ConcurrencyBudget.spare(4)).queue(heavy).start();
                Worker two =
                        worker("two", ConcurrencyBudget.spare(4)).queue(heavy).start()) {
            open("growth/page/heavy", "growth", heavy.name());
            open("growth/ticket/scene", "not-moving", scene.type.queue());
            scene.awaitLooks(2);
            assertThat(scene.count(HeavyQueuesGiveWay.class)).isZero();
            open("growth/page/scene", "growth", scene.type.queue());
            assertThat(scene.awaitEvent(HeavyQueuesGiveWay.class)).isEqualTo(new HeavyQueuesGiveWay(10));
            assertThat(database.query(weights + scene.type.queue() + "'")).containsExactly("10");
            assertThat(database.query(weights + heavy.name() + "'")).containsExactly("1");
            assertThat(queues.explain(heavy.name())).isNotEmpty();
            database.execute("UPDATE penstock.alert SET resolved_at = penstock.clock()");
            scene.awaitEvent(HeavyQueuesRestored.class);
            assertThat(database.query(weights + scene.type.queue() + "'")).containsExactly("1");
            assertThat(scene.count(HeavyQueuesGiveWay.class))
                    .as("one of both tells it")
                    .isEqualTo(1);
        }
    }

    private void open(String key, String rule, String queue) throws SQLException {
        database.execute(
                "INSERT INTO penstock.alert (key, rule, severity, subject, queue, sentence, advice, opened_at, last_true_at, silenced)"
                        + " VALUES ('" + key + "', '" + rule + "', 'page', 's', '" + queue
                        + "', 's', 'a', penstock.clock(),"
                        + " penstock.clock() + interval '1 hour', false)");
    }

    @Test
    void theTermsOfLendingAreDividedAsTheGuaranteeIs() throws SQLException {
        ConcurrencyBudget terms = new ConcurrencyBudget(4, 8, 1).lending(new Lending(3, 2, 1, Duration.ofSeconds(2)));
        try (Worker one = worker("one", terms).start();
                Worker two = worker("two", terms).start()) {
            assertThat(database.query(
                            "SELECT concat_ws('/', count(*), sum((s.share -> 4 ->> 0)::integer), sum((s.share -> 4 ->> 1)::integer),"
                                    + " sum((s.share -> 4 ->> 2)::integer), max((s.share -> 4 ->> 3)::integer))"
                                    + " FROM penstock.allocation AS a, jsonb_each(a.shares) AS m (worker_id, queues),"
                                    + " jsonb_each(m.queues) AS s (queue_id, share)"))
                    .containsExactly("2/3/2/1/2000");
            assertThat(queues.show(scene.type.queue())
                            .orElseThrow()
                            .definition()
                            .budget())
                    .isEqualTo(terms);
        }
        queues.changeBudget(scene.type.queue(), old -> ConcurrencyBudget.spare(1)); // no room taken from other tests
    }

    @Test
    void aQueueMadeInSqlLendsByDefault() throws SQLException {
        database.query("SELECT penstock.create_queue('plain', 0, 2, 1)");
        assertThat(queues.show("plain").orElseThrow().definition().budget()).isEqualTo(ConcurrencyBudget.spare(2));
    }

    @Test
    void aGuaranteeWithoutRoomIsRefusedWithTheNumbers() {
        try (Worker worker =
                worker("one", new ConcurrencyBudget(4, 8, 1)).headroom(4).start()) {
            assertThatThrownBy(() -> queues.changeBudget(scene.type.queue(), old -> new ConcurrencyBudget(13, 20, 1)))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining(
                            "guarantee: expected at most 12: the 1 workers have 8 slots and 4 of headroom, and other"
                                    + " queues are guaranteed 0, was 13");
            assertThat(queues.changeBudget(scene.type.queue(), old -> new ConcurrencyBudget(12, 20, 1))
                            .guarantee())
                    .isEqualTo(12);
        }
        assertThatThrownBy(() -> queues.changeBudget("absent", old -> old))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("expected an existing queue, was none");
    }

    @Test
    void whatAnOperatorSetOutlivesARestartAndNotAnotherDeclaration() {
        String queue = scene.type.queue();
        scene.jobQueue.declare(QueueDefinition.of(queue, 1, 5, 1));
        queues.changeBudget(queue, old -> old.weight(7));
        scene.jobQueue.declare(QueueDefinition.of(queue, 1, 5, 1));
        assertThat(queues.show(queue).orElseThrow().definition().budget()).isEqualTo(new ConcurrencyBudget(1, 5, 7));
        scene.jobQueue.declare(QueueDefinition.of(queue, 2, 5, 1));
        assertThat(queues.show(queue).orElseThrow().definition().budget()).isEqualTo(new ConcurrencyBudget(2, 5, 1));
    }

    @Test
    void aWorkerThatCannotHaveItsShareYetStartsAndHasItWhenTheLockIsGone() throws SQLException {
        scene.enqueue(1);
        try (Connection frozen = database.connect();
                Statement statement = frozen.createStatement()) {
            frozen.setAutoCommit(false);
            statement.execute("SELECT FROM penstock.allocation FOR UPDATE");
            try (Worker worker = worker("late", ConcurrencyBudget.spare(2)).start()) {
                scene.awaitLooks(2);
                assertThat(running).as("without a share nothing is started").hasValue(0);
                frozen.rollback();
                await("the share", 1);
                end.countDown();
            }
        }
    }
}
