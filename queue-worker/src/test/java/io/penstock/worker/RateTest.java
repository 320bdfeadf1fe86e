package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobState;
import io.penstock.job.NewJob;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.job.RateLimit;
import io.penstock.operate.QueueOperations;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.StillClock;
import io.penstock.testkit.TcpProxy;
import io.penstock.testkit.TcpProxy.Cut;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rates over two workers, on a clock of the database that stands still but for the test. */
@PenstockDatabase.Fresh
class RateTest {

    private static final int RATE = 5;

    private final PenstockDatabase database;
    private final Scene scene;
    private final AtomicInteger begun = new AtomicInteger();
    private int seconds;

    RateTest(PenstockDatabase database) throws SQLException {
        this.database = database;
        this.scene = new Scene(database);
        pass(0);
    }

    private void pass(int moreSeconds) throws SQLException {
        seconds += moreSeconds;
        StillClock.set(database, Duration.ofSeconds(seconds));
    }

    private QueueDefinition queue() {
        return new QueueDefinition(scene.type.queue(), ConcurrencyBudget.spare(8));
    }

    private Worker worker(JobQueue jobQueue, QueueDefinition queue) {
        return Worker.on(jobQueue)
                .capacity(8)
                .queue(queue)
                .handle(scene.type, context -> {
                    begun.incrementAndGet();
                    return Outcome.completed();
                })
                .start();
    }

    private List<UUID> enqueue(String key, int count) {
        List<NewJob<Scene.Item>> jobs = IntStream.range(0, count)
                .mapToObj(number -> scene.type.with(new Scene.Item(number)).concurrencyKey(key))
                .toList();
        return scene.jobQueue.enqueue(jobs).stream().map(job -> job.id()).toList();
    }

    private void awaitBegun(int count) throws SQLException {
        Awaitility.await(count + " have begun").until(() -> begun.get() == count);
        scene.awaitLooks(2);
        assertThat(begun).hasValue(count);
    }

    @Test
    void noMoreStartThanTheRateAllowsOverAllWorkersUntilItIsLifted() throws Exception {
        QueueDefinition rated = queue().rate(RateLimit.perSecond(RATE));
        try (Worker one = worker(scene.jobQueue, rated);
                Worker other = worker(scene.jobQueue, rated)) {
            enqueue("any", 10 * RATE);
            awaitBegun(RATE);
            pass(1);
            awaitBegun(2 * RATE);
            assertThat(QueueOperations.on(database.dataSource(), null).explain(scene.type.queue()))
                    .first()
                    .asString()
                    .startsWith("slots are free and it may start 5/s: ");
            pass(60);
            awaitBegun(3 * RATE);
            QueueOperations.on(database.dataSource(), null).changeThrottles(scene.type.queue(), old -> old.rate(null));
            awaitBegun(10 * RATE);
        }
    }

    @Test
    void aQueueWhoseRateIsUsedUpKeepsNoSlotsFromOthers() throws Exception {
        Scene others = new Scene(database);
        QueueDefinition rated = new QueueDefinition(scene.type.queue(), ConcurrencyBudget.guaranteed(1, 1))
                .rate(RateLimit.perMinute(1));
        try (Worker worker = Worker.on(scene.jobQueue)
                .capacity(1)
                .headroom(0)
                .queue(rated)
                .queue(new QueueDefinition(others.type.queue(), ConcurrencyBudget.spare(1)))
                .handle(scene.type, context -> Outcome.completed())
                .start()) {
            List<UUID> jobs = enqueue("any", 2);
            scene.awaitState(jobs.get(0), JobState.COMPLETED);
            others.awaitState(others.enqueue(1), JobState.COMPLETED);
            assertThat(scene.state(jobs.get(1))).isEqualTo(JobState.AVAILABLE);
            pass(60);
            scene.awaitState(jobs.get(1), JobState.COMPLETED);
        }
    }

    @Test
    void aKeyThatHasUsedUpItsRateIsParkedAndLetsOthersPass() throws Exception {
        QueueDefinition rated = queue().keyRate(RateLimit.perSecond(RATE));
        try (Worker one = worker(scene.jobQueue, rated);
                Worker other = worker(scene.jobQueue, rated)) {
            enqueue("a", 4 * RATE);
            List<UUID> ofOthers = enqueue("b", RATE);
            ofOthers.forEach(id -> scene.awaitState(id, JobState.COMPLETED));
            awaitBegun(2 * RATE);
            pass(1);
            awaitBegun(3 * RATE);
            QueueOperations.on(database.dataSource(), null)
                    .changeThrottles(scene.type.queue(), old -> old.keyRate(null));
            awaitBegun(5 * RATE);
        }
        assertThat(database.number("SELECT count(*) FROM penstock.waiting")).isZero();
    }

    @ParameterizedTest
    @EnumSource(Cut.class)
    void aClaimCutAroundItsCommitStartsNoMoreThanTheRateAllows(Cut cut) throws Exception {
        try (TcpProxy proxy = TcpProxy.before(database.dataSource())) {
            proxy.cut("penstock take_tokens */", cut);
            JobQueue proxied = JobQueue.on(proxy.dataSource(database.dataSource()));
            enqueue("any", 2 * RATE);
            try (Worker worker = worker(proxied, queue().rate(RateLimit.perMinute(RATE)))) {
                Awaitility.await("the cut").until(proxy::allCut);
                scene.awaitLooks(2);
                assertThat(begun).hasValueLessThanOrEqualTo(RATE);
                pass(120);
                pass(120);
                Awaitility.await("more begin").until(() -> begun.get() >= RATE);
            }
        }
    }
}
