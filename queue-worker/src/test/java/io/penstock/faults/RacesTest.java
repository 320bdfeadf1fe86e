package io.penstock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.error.ContentionException;
import io.penstock.error.RefusedException;
import io.penstock.faults.Work.Act;
import io.penstock.handler.JobContext;
import io.penstock.job.NewJob;
import io.penstock.job.Outcome;
import io.penstock.operate.JobOperations;
import io.penstock.operate.QueueOperations;
import io.penstock.testkit.Recovery;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * F52: operators cancel, discard, retry, pause and resume, and workers are fenced, while jobs are claimed, completed and rescued.
 * Whatever the order, each job goes from one state to the next as if one had acted at a time.
 */
class RacesTest {

    private static final int JOBS = 600;
    private static final int OPERATORS = 3;
    private static final int ACTS = 150;
    private static final long SEED = Long.getLong("penstock.races.seed", 52L);

    @TempDir
    private Path directory;

    private final AtomicInteger refused = new AtomicInteger();

    @Test
    void inWhateverOrderChangesMeetAttemptsEachJobHasOneStateAfterAnother() throws Exception {
        try (Trial trial = Trial.begin(directory)) {
            List<NewJob<Work>> jobs = new ArrayList<>();
            for (int number = 0; number < JOBS; number++) {
                NewJob<Work> job = Work.TYPE
                        .with(Work.of(Act.QUICK))
                        .queue("work-" + number % 4)
                        .maxAttempts(50);
                jobs.add(number % 5 == 0 ? job.runIn(Duration.ofMillis(5L * number)) : job);
            }
            trial.enqueue(jobs);
            trial.start(trial.worker("one", trial.dataSource, RacesTest::run).capacity(4));
            trial.start(trial.worker("two", trial.dataSource, RacesTest::run).capacity(4));
            List<CompletableFuture<Void>> operators = new ArrayList<>();
            for (int operator = 0; operator < OPERATORS; operator++) {
                Random random = new Random(SEED + operator);
                operators.add(CompletableFuture.runAsync(() -> operate(trial, jobs, random)));
            }
            operators.forEach(CompletableFuture::join);
            Recovery recovery = Recovery.from("F52", Duration.ofSeconds(5));
            for (int queue = 0; queue < 4; queue++) {
                QueueOperations.unaudited(trial.dataSource).resume("work-" + queue);
            }
            trial.awaitAllEnded();
            recovery.ended();
            int fences = trial.fenced().size();
            System.out.println("F52 seed " + SEED + ": " + OPERATORS * ACTS + " acts, " + refused + " refused, "
                    + trial.number("SELECT count(*) FROM penstock.job_event") + " transitions, " + fences + " fences; "
                    + trial.query("SELECT state || ' ' || count(*) FROM penstock.finished GROUP BY state ORDER BY 1"));
            assertThat(fences).isPositive();
            trial.verify();
        }
    }

    /** Some fail, some wait, and all take a moment. */
    private static Outcome run(JobContext<Work> context) throws InterruptedException {
        int dice = Math.floorMod(
                context.attempt().jobId().hashCode() + context.attempt().number(), 10);
        TimeUnit.MILLISECONDS.sleep(10L * dice);
        if (dice == 0) {
            throw new IllegalStateException("by its number");
        }
        return dice == 1 && context.attempt().leaseToken() < 5
                ? Outcome.snoozed(Duration.ofMillis(20))
                : Outcome.completed();
    }

    private void operate(Trial trial, List<NewJob<Work>> jobs, Random random) {
        JobOperations operations = JobOperations.unaudited(trial.dataSource);
        QueueOperations queues = QueueOperations.unaudited(trial.dataSource);
        for (int act = 0; act < ACTS; act++) {
            UUID job = jobs.get(random.nextInt(jobs.size())).id();
            String queue = "work-" + random.nextInt(4);
            try {
                switch (random.nextInt(12)) {
                    case 0, 1, 2 -> operations.cancel(job, "a race");
                    case 3, 4, 5 -> operations.discard(job, "a race");
                    case 6, 7, 8 -> operations.retry(job);
                    case 9 -> queues.pause(queue, "a race", null);
                    case 10 -> queues.resume(queue);
                    default -> fence(trial, random);
                }
            } catch (RefusedException | ContentionException notNow) {
                refused.incrementAndGet();
            }
        }
    }

    /** As a rescuer does that has seen a worker for too long; not each time, so that the others get on. */
    private static void fence(Trial trial, Random random) {
        if (random.nextInt(5) > 0) {
            return;
        }
        try {
            trial.execute("UPDATE penstock.worker SET state = 'lost', lost_at = penstock.clock() WHERE worker_id ="
                    + " (SELECT worker_id FROM penstock.worker WHERE state = 'alive' ORDER BY random() LIMIT 1)"
                    + " AND state = 'alive'");
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
