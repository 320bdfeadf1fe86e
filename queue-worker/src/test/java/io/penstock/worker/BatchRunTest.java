package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.handler.HandlerOptions;
import io.penstock.job.JobBatch;
import io.penstock.job.JobState;
import io.penstock.job.NewJob;
import io.penstock.job.Outcome;
import io.penstock.job.RetryPolicy;
import io.penstock.observe.WorkerEvent.BatchEnded;
import io.penstock.observe.WorkerEvent.BatchHeld;
import io.penstock.testkit.PenstockDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Batches and chains through a worker. */
@PenstockDatabase.Fresh
class BatchRunTest {

    private static final HandlerOptions AT_ONCE = HandlerOptions.DEFAULT.retryPolicy(RetryPolicy.fixed(Duration.ZERO));

    private final PenstockDatabase database;
    private final Scene scene;
    private final Queue<Integer> run = new ConcurrentLinkedQueue<>();

    BatchRunTest(PenstockDatabase database) {
        this.database = database;
        this.scene = new Scene(database);
    }

    private NewJob<Scene.Item> item(int number) {
        return scene.type.with(new Scene.Item(number));
    }

    private Outcome record(Scene.Item item) {
        run.add(item.number());
        return Outcome.completed();
    }

    @Test
    void theStepsOfAChainRunOneAfterAnother() {
        NewJob<Scene.Item> last = item(4);
        JobBatch chain = JobBatch.of(item(1))
                .whenCompleted(item(2))
                .whenCompleted(item(3))
                .whenCompleted(last);
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> record(context.payload()))
                .start()) {
            scene.jobQueue.enqueue(chain);
            scene.awaitEvent(BatchEnded.class);
        }
        assertThat(run).containsExactly(1, 2, 3, 4);
        assertThat(scene.state(last.id())).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void theCallbackOfABatchRunsOnceAfterAllItsJobsWhoeverEndedThem() {
        List<NewJob<Scene.Item>> items =
                IntStream.range(0, 50).mapToObj(this::item).toList();
        NewJob<Scene.Item> callback = item(-1);
        UUID cancelled = items.get(49).id();
        scene.jobQueue.enqueue(JobBatch.of(items).whenEnded(callback));
        scene.jobQueue.cancel(cancelled, "by an operator, whom no worker hears");
        try (Worker one = scene.worker()
                        .name("one")
                        .handle(scene.type, context -> record(context.payload()))
                        .start();
                Worker other = scene.worker()
                        .name("other")
                        .handle(scene.type, context -> record(context.payload()))
                        .start()) {
            scene.awaitEvent(BatchEnded.class);
        }
        assertThat(run).hasSize(50).endsWith(-1);
    }

    @Test
    void aJobThatIsDiscardedHoldsTheChainAndTellsItAndARetryCarriesItOn() {
        AtomicBoolean mended = new AtomicBoolean();
        NewJob<Scene.Item> first = item(1).maxAttempts(2);
        try (Worker worker = scene.worker()
                .handle(
                        scene.type,
                        context -> {
                            if (context.payload().number() == 1 && !mended.get()) {
                                throw new IllegalStateException("broken");
                            }
                            return record(context.payload());
                        },
                        AT_ONCE)
                .start()) {
            scene.jobQueue.enqueue(JobBatch.of(first).whenCompleted(item(2)));
            BatchHeld held = scene.awaitEvent(BatchHeld.class);
            assertThat(held.job()).isEqualTo(first.id());
            assertThat(held.step()).isEqualTo("item");
            assertThat(run).isEmpty();
            mended.set(true);
            scene.jobQueue.retry(first.id());
            scene.awaitEvent(BatchEnded.class);
        }
        assertThat(run).containsExactly(1, 2);
        assertThat(scene.count(BatchHeld.class)).isEqualTo(1);
    }

    @Test
    void aStepThatNobodyToldOfIsFoundByLooking() throws Exception {
        JobBatch chain = JobBatch.of(item(1)).whenCompleted(item(2));
        UUID first = scene.jobQueue.enqueue(chain).get(0).id();
        // as if its worker had died between the commit and the word to maintenance
        database.execute("WITH gone AS (DELETE FROM penstock.live WHERE id = '" + first + "' RETURNING *)"
                + " INSERT INTO penstock.finished (id, lease_token, worker_id, enqueued_at, eligible_at, first_claimed_at, claimed_at,"
                + " finished_at, queue_id, generation, attempt, max_attempts, priority, state, type, tags, metadata, failures, payload)"
                + " SELECT id, 1, 1, enqueued_at, eligible_at, penstock.clock(), penstock.clock(), penstock.clock(), queue_id, 1, 1,"
                + " max_attempts, priority, 'completed', type, tags, metadata, failures, payload FROM gone");
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> record(context.payload()))
                .start()) {
            scene.awaitEvent(BatchEnded.class);
        }
        assertThat(run).containsExactly(2);
    }
}
