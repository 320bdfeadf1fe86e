package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobState;
import io.penstock.job.JobType;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.PenstockDatabase;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** Long handlers that give their slots back when they are asked to. */
@PenstockDatabase.Fresh
class YieldTest {

    private final PenstockDatabase database;
    private final Scene scene;
    private final JobType<Scene.Item> critical =
            JobType.of("critical", Scene.Item.class).onQueue("critical");

    YieldTest(PenstockDatabase database) {
        this.database = database;
        this.scene = new Scene(database);
    }

    private void runUntilAsked(WorkerBuilder worker, BlockingQueue<Instant> begun, CountDownLatch end) {
        worker.handle(scene.type, context -> {
            begun.add(context.eligibleAt());
            while (!context.shouldYield()) {
                if (end.getCount() == 0) {
                    return Outcome.completed();
                }
                Thread.onSpinWait();
            }
            return Outcome.yielded();
        });
    }

    @Test
    void aBorrowerThatIsAskedGivesItsSlotToAQueueBelowItsGuarantee() throws Exception {
        BlockingQueue<Instant> begun = new LinkedBlockingQueue<>();
        CountDownLatch end = new CountDownLatch(1);
        WorkerBuilder builder = Worker.on(scene.jobQueue)
                .capacity(1)
                .headroom(0)
                .queue(new QueueDefinition(critical.queue(), ConcurrencyBudget.guaranteed(1, 1)))
                .queue(new QueueDefinition(scene.type.queue(), ConcurrencyBudget.spare(1)))
                .handle(critical, context -> Outcome.completed());
        runUntilAsked(builder, begun, end);
        try (Worker worker = builder.start()) {
            UUID heavy = scene.enqueue(1);
            Instant eligible = begun.take();
            UUID urgent =
                    scene.jobQueue.enqueue(critical.with(new Scene.Item(2))).id();
            scene.awaitState(urgent, JobState.COMPLETED);
            assertThat(begun.take()).as("its eligible time").isEqualTo(eligible);
            end.countDown();
            scene.awaitState(heavy, JobState.COMPLETED);
            assertThat(database.number("SELECT attempt FROM penstock.finished WHERE id = '" + heavy + "'"))
                    .as("attempts used up")
                    .isEqualTo(1);
        }
    }

    @Test
    void aWorkerThatIsClosedAsksEveryHandlerAndNeedNotInterruptIt() throws Exception {
        BlockingQueue<Instant> begun = new LinkedBlockingQueue<>();
        WorkerBuilder builder = scene.worker();
        runUntilAsked(builder, begun, new CountDownLatch(1));
        UUID job;
        try (Worker worker = builder.start()) {
            job = scene.enqueue(1);
            begun.take();
        }
        assertThat(scene.state(job)).isEqualTo(JobState.AVAILABLE);
        assertThat(database.number("SELECT attempt FROM penstock.live WHERE id = '" + job + "'"))
                .isZero();
    }
}
