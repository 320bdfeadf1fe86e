package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobState;
import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import io.penstock.job.Outcome;
import io.penstock.job.PauseScope;
import io.penstock.job.QueueDefinition;
import io.penstock.operate.QueueOperations;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.TcpProxy;
import io.penstock.testkit.TcpProxy.Cut;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pauses of a type or a key: nothing of it is started, others pass it, and it goes on in its order. */
@PenstockDatabase.Fresh
class PauseTest {

    private static final int MANY = 1_200;
    private static final int HOLDER = 100_000;

    private final PenstockDatabase database;
    private final Scene scene;
    private final JobType<Scene.Item> other;
    private final QueueOperations queues;
    private final ConcurrentLinkedQueue<Integer> begun = new ConcurrentLinkedQueue<>();
    private final CountDownLatch held = new CountDownLatch(1);

    PauseTest(PenstockDatabase database) {
        this.database = database;
        this.scene = new Scene(database);
        this.other = JobType.of("other", Scene.Item.class).onQueue(scene.type.queue());
        this.queues = QueueOperations.on(database.dataSource(), "ada");
    }

    private QueueDefinition queue(int limit) {
        return new QueueDefinition(scene.type.queue(), ConcurrencyBudget.spare(limit));
    }

    private WorkerBuilder worker(QueueDefinition queue) {
        return prepared(Worker.on(scene.jobQueue), queue);
    }

    private WorkerBuilder prepared(WorkerBuilder worker, QueueDefinition queue) {
        return worker.queue(queue)
                .handle(scene.type, context -> {
                    begun.add(context.payload().number());
                    if (context.payload().number() == HOLDER) {
                        held.await();
                    }
                    return Outcome.completed();
                })
                .handle(other, context -> Outcome.completed());
    }

    private UUID enqueue(String key, int number) {
        return scene.jobQueue
                .enqueue(scene.type.with(new Scene.Item(number)).concurrencyKey(key))
                .id();
    }

    private void enqueue(int count) {
        List<NewJob<Scene.Item>> jobs = IntStream.range(0, count)
                .mapToObj(number -> scene.type.with(new Scene.Item(number)))
                .toList();
        scene.jobQueue.enqueue(jobs);
    }

    private void pause(PauseScope scope, @Nullable Duration lasting) {
        assertThat(queues.pause(scene.type.queue(), scope, "ada", "the mail server is down", lasting))
                .isTrue();
    }

    private long parked() throws SQLException {
        return count("waiting WHERE parked_for IS NOT NULL");
    }

    private long count(String rows) throws SQLException {
        return database.number("SELECT count(*) FROM penstock." + rows
                + " AND queue_id = (SELECT queue_id FROM penstock.queue WHERE name = '" + scene.type.queue() + "')");
    }

    private void awaitParked(int count) {
        Awaitility.await(count + " are parked for pauses")
                .atMost(Duration.ofSeconds(60))
                .until(() -> parked() == count);
    }

    private void awaitCompleted(int count) {
        Awaitility.await(count + " have completed")
                .atMost(Duration.ofSeconds(60))
                .until(() -> count("finished WHERE state = 'completed'") == count);
    }

    @Test
    void whatIsPausedLetsOthersPassAndGoesOnInItsOrder() throws Exception {
        pause(PauseScope.type(scene.type.name()), null);
        enqueue(MANY);
        UUID behind = scene.jobQueue.enqueue(other.with(new Scene.Item(0))).id();
        try (Worker worker = worker(queue(1)).start()) {
            scene.awaitState(behind, JobState.COMPLETED);
            awaitParked(MANY);
            assertThat(begun).isEmpty();
            assertThat(queues.explain(scene.type.queue()).get(0))
                    .startsWith("jobs of type \"item\" are paused since ")
                    .endsWith(" by ada: the mail server is down");

            assertThat(queues.resume(scene.type.queue(), PauseScope.type(scene.type.name())))
                    .isTrue();
            awaitCompleted(MANY + 1);
        }
        assertThat(begun)
                .containsExactlyElementsOf(IntStream.range(0, MANY).boxed().toList());
        assertThat(count("finished WHERE attempt > 1")).as("attempts used up").isZero();
    }

    @Test
    void onlyThePausedKeyIsHeldBackAndItsPauseEndsByItself() throws Exception {
        pause(PauseScope.key("acme"), Duration.ofHours(1));
        UUID ofAcme = enqueue("acme", 1);
        UUID free = enqueue("others", 2);
        try (Worker worker = worker(queue(8)).start()) {
            scene.awaitState(free, JobState.COMPLETED);
            scene.awaitState(ofAcme, JobState.PARKED);
            scene.awaitLooks(2);
            assertThat(scene.state(ofAcme)).isEqualTo(JobState.PARKED);
            database.execute("UPDATE penstock.pause SET until = penstock.clock()");
            scene.awaitState(ofAcme, JobState.COMPLETED);
        }
        assertThat(queues.show(scene.type.queue()).orElseThrow().pauses()).isEmpty();
        assertThat(queues.resume(scene.type.queue(), PauseScope.key("acme")))
                .as("it was over")
                .isFalse();
    }

    @Test
    void aPauseMeetsWhatIsParkedForItsKeysLimitToo() throws Exception {
        QueueDefinition limited = new QueueDefinition(scene.type.queue(), ConcurrencyBudget.spare(8)).perKey(1);
        try (Worker worker = worker(queue(8).perKey(1)).start()) {
            enqueue("acme", HOLDER);
            Awaitility.await("the first runs").atMost(Duration.ofSeconds(60)).until(() -> begun.contains(HOLDER));
            List<UUID> jobs = IntStream.range(0, 3)
                    .mapToObj(number -> enqueue("acme", number))
                    .toList();
            jobs.forEach(id -> scene.awaitState(id, JobState.PARKED));
            assertThat(parked()).as("for their key's limit").isZero();
            pause(PauseScope.type(scene.type.name()), null);
            held.countDown();
            awaitParked(jobs.size());
            assertThat(begun).containsExactly(HOLDER);
            queues.resume(scene.type.queue(), PauseScope.type(scene.type.name()));
            jobs.forEach(id -> scene.awaitState(id, JobState.COMPLETED));
        }
        assertThat(begun).containsExactlyInAnyOrder(HOLDER, 0, 1, 2);
    }

    @ParameterizedTest
    @EnumSource(Cut.class)
    void noJobIsLostWhenAConnectionIsCutAroundTheParkingOrTheReturn(Cut cut) throws Exception {
        pause(PauseScope.type(scene.type.name()), null);
        enqueue(20);
        try (TcpProxy proxy = TcpProxy.before(database.dataSource())) {
            proxy.cut("penstock park */", cut);
            JobQueue proxied = JobQueue.on(proxy.dataSource(database.dataSource()));
            try (Worker worker =
                    prepared(Worker.on(proxied).name("cut"), queue(8)).start()) {
                awaitParked(20);
                proxy.cut("penstock release_paused */", cut);
                queues.resume(scene.type.queue(), PauseScope.type(scene.type.name()));
                awaitCompleted(20);
            }
            assertThat(proxy.allCut()).isTrue();
        }
        assertThat(begun).hasSize(20);
    }
}
