package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.error.RefusedException;
import io.penstock.job.JobState;
import io.penstock.job.Outcome;
import io.penstock.job.Progress;
import io.penstock.operate.JobOperations;
import io.penstock.testkit.PenstockDatabase;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a handler says of its progress is there for whoever looks while it runs. */
@PenstockDatabase.Fresh
class ProgressTest {

    private final Scene scene;
    private final JobOperations jobs;

    ProgressTest(PenstockDatabase database) {
        this.scene = new Scene(database);
        this.jobs = JobOperations.unaudited(database.dataSource());
    }

    private void awaitProgress(UUID id, long done) {
        Awaitility.await("progress " + done)
                .atMost(Duration.ofSeconds(60))
                .until(() -> jobs.progress(id).map(Progress::done).equals(Optional.of(done)));
    }

    @Test
    void whatWasSaidLastIsSeenWhileTheHandlerRuns() {
        UUID id = scene.enqueue(1);
        CountDownLatch seenOnce = new CountDownLatch(1);
        CountDownLatch seenTwice = new CountDownLatch(1);
        AtomicReference<Throwable> refused = new AtomicReference<>();
        assertThat(jobs.progress(id)).isEmpty();
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> {
                    for (long done = 0; done <= 40; done++) {
                        context.progress(done, 100, "");
                    }
                    seenOnce.await();
                    context.progress(41, 100, "halfway, nearly");
                    try {
                        context.progress(101, 100, "");
                    } catch (RefusedException failure) {
                        refused.set(failure);
                    }
                    seenTwice.await();
                    return Outcome.completed();
                })
                .start()) {
            awaitProgress(id, 40);
            seenOnce.countDown();
            awaitProgress(id, 41);
            assertThat(jobs.progress(id).orElseThrow())
                    .extracting(Progress::total, Progress::note)
                    .containsExactly(100L, "halfway, nearly");
            assertThat(scene.state(id)).isEqualTo(JobState.RUNNING);
            seenTwice.countDown();
            scene.awaitState(id, JobState.COMPLETED);
        }
        assertThat(refused.get()).hasMessageContaining("progress: expected 0 ≤ done ≤ total, was 101 of 100");
        assertThat(jobs.progress(id).map(Progress::done)).contains(41L);
    }
}
