package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.handler.HandlerOptions;
import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.job.RetryPolicy;
import io.penstock.testkit.PenstockDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class WorkerTest {

    record Item(int value) {}

    private static final JobType<Item> COUNT = JobType.of("count", Item.class).onQueue("count");

    @Test
    void everyJobRunsOnceAndIsCompleted(PenstockDatabase database) throws Exception {
        JobQueue queue = database.jobQueue();
        queue.declare(QueueDefinition.of("count", 2, 8, 1));
        List<NewJob<Item>> jobs = new ArrayList<>();
        for (int value = 0; value < 5_000; value++) {
            jobs.add(COUNT.with(new Item(value)));
        }
        queue.enqueue(jobs);
        CountDownLatch ran = new CountDownLatch(5_000);
        AtomicInteger failures = new AtomicInteger();
        try (Worker worker = Worker.on(queue)
                .queue(QueueDefinition.of("count", 2, 8, 1))
                .capacity(8)
                .handle(
                        COUNT,
                        context -> {
                            if (context.payload().value() % 100 == 0
                                    && context.attempt().number() == 1) {
                                failures.incrementAndGet();
                                throw new IllegalStateException("not yet");
                            }
                            ran.countDown();
                            return Outcome.completed();
                        },
                        HandlerOptions.DEFAULT.retryPolicy(RetryPolicy.fixed(Duration.ofMillis(50))))
                .start()) {
            assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
            Awaitility.await()
                    .untilAsserted(() -> assertThat(
                                    database.number("SELECT count(*) FROM penstock.finished WHERE state = 'completed'"))
                            .isEqualTo(5_000));
        }
        assertThat(failures).hasValue(50);
        assertThat(database.number("SELECT count(*) FROM penstock.live")).isZero();
        assertThat(database.number("SELECT count(*) FROM penstock.worker")).isZero();
    }
}
