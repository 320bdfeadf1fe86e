package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobState;
import io.penstock.job.NewJob;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.operate.QueueOperations;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.TcpProxy;
import io.penstock.testkit.TcpProxy.Cut;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A limit per concurrency key: never exceeded, in order, in nobody's way, and nothing is parked for ever. */
@PenstockDatabase.Fresh
class KeyLimitTest {

    private static final int LIMIT = 2;

    private final PenstockDatabase database;
    private final Scene scene;
    private final Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
    private final Map<String, Integer> most = new ConcurrentHashMap<>();
    private final Map<String, ConcurrentLinkedQueue<Integer>> begun = new ConcurrentHashMap<>();
    private final Map<String, Semaphore> ends = new ConcurrentHashMap<>();

    KeyLimitTest(PenstockDatabase database) {
        this.database = database;
        this.scene = new Scene(database);
    }

    private QueueDefinition queue(int perKey) {
        return new QueueDefinition(scene.type.queue(), ConcurrencyBudget.spare(8)).perKey(perKey);
    }

    /** Handlers of a key that has a semaphore run until they are let go. */
    private WorkerBuilder worker(int perKey) {
        return prepared(Worker.on(scene.jobQueue), perKey);
    }

    private WorkerBuilder prepared(WorkerBuilder worker, int perKey) {
        return worker.capacity(8)
                .listener(scene.events::add)
                .queue(queue(perKey))
                .handle(scene.type, context -> {
                    String key = context.concurrencyKey().orElse("none");
                    AtomicInteger now = running.computeIfAbsent(key, any -> new AtomicInteger());
                    most.merge(key, now.incrementAndGet(), Math::max);
                    begun.computeIfAbsent(key, any -> new ConcurrentLinkedQueue<>())
                            .add(context.payload().number());
                    try {
                        Semaphore end = ends.get(key);
                        if (end != null) {
                            end.acquire();
                        }
                    } finally {
                        now.decrementAndGet();
                    }
                    return Outcome.completed();
                });
    }

    private List<UUID> enqueue(String key, int count) {
        List<NewJob<Scene.Item>> jobs = IntStream.range(0, count)
                .mapToObj(number -> scene.type.with(new Scene.Item(number)).concurrencyKey(key))
                .toList();
        return scene.jobQueue.enqueue(jobs).stream().map(job -> job.id()).toList();
    }

    private Semaphore held(String key) {
        return ends.computeIfAbsent(key, any -> new Semaphore(0));
    }

    private int running(String key) {
        AtomicInteger now = running.get(key);
        return now == null ? 0 : now.get();
    }

    private void awaitRunning(String key, int count) {
        Awaitility.await(count + " of " + key + " run")
                .atMost(Duration.ofSeconds(30))
                .until(() -> running(key) == count);
    }

    private long count(String rows) throws SQLException {
        return database.number("SELECT count(*) FROM penstock." + rows
                + " AND queue_id = (SELECT queue_id FROM penstock.queue WHERE name = '" + scene.type.queue() + "')");
    }

    private void awaitCompleted(String key, long count) {
        Awaitility.await(count + " of " + key + " have completed")
                .atMost(Duration.ofSeconds(30))
                .until(() -> count("finished WHERE state = 'completed' AND concurrency_key = '" + key + "'") == count);
    }

    private long parked() throws SQLException {
        return count("waiting WHERE state = 'parked'");
    }

    private void awaitParked(long count) {
        Awaitility.await(count + " are parked").atMost(Duration.ofSeconds(30)).until(() -> parked() == count);
    }

    @Test
    void noMoreOfAKeyRunThanItsLimitOverTwoWorkersAndAllRunOnce() throws SQLException {
        for (String key : List.of("a", "b", "c")) {
            enqueue(key, 300);
        }
        try (Worker one = worker(LIMIT).name("one").start();
                Worker other = worker(LIMIT).name("other").start()) {
            for (String key : List.of("a", "b", "c")) {
                awaitCompleted(key, 300);
            }
        }
        assertThat(most).allSatisfy((key, count) -> assertThat(count).as(key).isBetween(1, LIMIT));
        assertThat(begun)
                .allSatisfy((key, jobs) -> assertThat(jobs).as(key).hasSize(300).doesNotHaveDuplicates());
        assertThat(parked()).isZero();
        assertThat(count("key_holder WHERE true")).isZero();
        assertThat(count("finished WHERE attempt > 1")).isZero();
    }

    @Test
    void theJobsOfAKeyBeginInTheOrderInWhichTheyWereEnqueued() {
        enqueue("a", 200);
        enqueue("b", 200);
        try (Worker worker = worker(1).start()) {
            awaitCompleted("a", 200);
            awaitCompleted("b", 200);
        }
        assertThat(begun)
                .allSatisfy((key, jobs) ->
                        assertThat(List.copyOf(jobs)).as(key).hasSize(200).isSorted());
    }

    @Test
    void aJobBehindThousandsOfAnotherKeyPassesThemWhileThatIsFull() throws SQLException {
        Semaphore heavy = held("heavy");
        enqueue("heavy", 3_000);
        UUID light = enqueue("light", 1).get(0);
        try (Worker worker = worker(LIMIT).start()) {
            scene.awaitState(light, JobState.COMPLETED);
            assertThat(running("heavy")).isEqualTo(LIMIT);
            assertThat(count("finished WHERE true")).isEqualTo(1);
            heavy.release(3_000);
            awaitCompleted("heavy", 3_000);
        }
    }

    @Test
    void parkedJobsAndTheLineBothGoOnWhileNoPermitIsEverLeft() throws SQLException {
        for (int key = 0; key < 8; key++) {
            enqueue("key-" + key, 100);
        }
        try (Worker worker = worker(LIMIT).start()) {
            Awaitility.await("some are parked").atMost(Duration.ofSeconds(30)).until(() -> !begun.isEmpty());
            for (int key = 8; key < 12; key++) {
                enqueue("key-" + key, 100);
            }
            for (int key = 0; key < 12; key++) {
                awaitCompleted("key-" + key, 100);
            }
        }
        assertThat(most).allSatisfy((key, count) -> assertThat(count).as(key).isLessThanOrEqualTo(LIMIT));
    }

    @Test
    void aJobWithoutAKeyHasNoLimit() {
        Semaphore end = held("none");
        IntStream.range(0, 8).forEach(scene::enqueue);
        try (Worker worker = worker(LIMIT).start()) {
            awaitRunning("none", 8);
            end.release(8);
        }
    }

    @Test
    void aParkedJobIsFoundCancelledAndErasedLikeAnyThatWaits() throws SQLException {
        Semaphore end = held("a");
        enqueue("a", LIMIT);
        try (Worker worker = worker(LIMIT).start()) {
            awaitRunning("a", LIMIT);
            List<UUID> above = enqueue("a", 3);
            awaitParked(3);
            assertThat(above).allSatisfy(id -> {
                assertThat(scene.state(id)).isEqualTo(JobState.PARKED);
                assertThat(scene.jobQueue.find(id).orElseThrow().attempts()).isZero();
            });
            assertThat(scene.jobQueue.cancel(above.get(0), "not wanted")).isTrue();
            assertThat(scene.state(above.get(0))).isEqualTo(JobState.CANCELLED);
            end.release(4);
            scene.awaitState(above.get(2), JobState.COMPLETED);
        }
        assertThat(parked()).isZero();
    }

    @Test
    void aLimitThatIsRaisedOrLiftedLetsParkedJobsGoOn() {
        Semaphore end = held("a");
        QueueOperations queues = QueueOperations.on(database.dataSource(), "tester");
        enqueue("a", 8);
        try (Worker worker = worker(LIMIT).start()) {
            awaitRunning("a", LIMIT);
            awaitParked(8 - LIMIT);
            queues.changeThrottles(scene.type.queue(), old -> old.perKey(3));
            awaitRunning("a", 3);
            queues.changeThrottles(scene.type.queue(), old -> old.perKey(0));
            awaitRunning("a", 8);
            end.release(8);
        }
    }

    @Test
    void whatALostWorkerRanCountsUntilItIsRescuedAndNoLonger() throws SQLException {
        enqueue("a", 4);
        database.execute(
                "INSERT INTO penstock.worker (name, lease, started_at, heartbeat_at) VALUES ('dead', '15 s', now(), now())");
        scene.jobQueue.declare(queue(LIMIT));
        database.execute("WITH dead AS (SELECT worker_id FROM penstock.worker WHERE name = 'dead'), taken AS (UPDATE "
                + scene.leaf()
                + " SET state = 'running', worker_id = (SELECT worker_id FROM dead), lease_token = 1, attempt = 1, claimed_at = now()"
                + " WHERE position <= 2 RETURNING *) INSERT INTO penstock.key_holder"
                + " SELECT queue_id, concurrency_key, id, lease_token, segment FROM taken");
        database.execute("UPDATE penstock.claim_ceiling SET ceiling = 100000");
        try (Worker worker = worker(LIMIT).start()) {
            awaitParked(2);
            assertThat(most).doesNotContainKey("a");
            awaitCompleted("a", 4);
        }
        assertThat(most.get("a")).isLessThanOrEqualTo(LIMIT);
    }

    @ParameterizedTest
    @EnumSource
    void aClaimCutAroundItsCommitNeitherExceedsALimitNorParksForEver(Cut cut) throws Exception {
        enqueue("a", 20);
        enqueue("b", 20);
        try (TcpProxy proxy = TcpProxy.before(database.dataSource())) {
            proxy.cut("penstock.admit(", cut);
            JobQueue proxied = JobQueue.on(proxy.dataSource(database.dataSource()));
            try (Worker worker = prepared(Worker.on(proxied).name("cut"), LIMIT).start()) {
                awaitCompleted("a", 20);
                awaitCompleted("b", 20);
            }
            assertThat(proxy.allCut()).isTrue();
        }
        assertThat(most).allSatisfy((key, count) -> assertThat(count).as(key).isLessThanOrEqualTo(LIMIT));
        assertThat(parked()).isZero();
    }
}
