package io.penstock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.chaos.Children;
import io.penstock.faults.Work.Act;
import io.penstock.job.JobState;
import io.penstock.job.Limits;
import io.penstock.job.Outcome;
import io.penstock.testkit.Ledger.Kind;
import io.penstock.testkit.Recovery;
import io.penstock.worker.Worker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * F02, F07, F08, all in the time that a lease takes: one process is frozen for longer than that and then revived, one for less,
 * and a worker has every slot held by handlers that do not return.
 */
class FrozenProcessTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration LEASE_AND_LOOK = Limits.LEASE.plusSeconds(3);
    private static final int HELD = 4;
    private static final int BEATS_OF_A_PAUSE = 8;

    @TempDir
    private Path directory;

    @Test
    void whoIsFrozenForLongerThanItsLeaseLosesItsJobsAndNobodyElseDoes() throws Exception {
        Path release = directory.resolve("release");
        CountDownLatch end = new CountDownLatch(1);
        try (Trial trial = Trial.begin(directory)) {
            Process zombie = trial.process("zombie", trial.dataSource, 0, 1, LONG);
            Process paused = trial.process("paused", trial.dataSource, 1, 1, LONG);
            UUID lost = trial.enqueue(Act.CLAIM_TO_BE_DONE, 0);
            UUID kept = trial.enqueue(
                    Work.TYPE.with(new Work(Act.AWAIT_FILE, release.toString())).queue("work-1"));
            trial.awaitState(lost, JobState.RUNNING);
            trial.awaitState(kept, JobState.RUNNING);
            Worker blocked = blocked(trial, end);
            trial.start(trial.worker("healthy", trial.dataSource));
            trial.awaitBeats("healthy", 2);

            Recovery ofLost = Recovery.from("F02", LEASE_AND_LOOK);
            Children.signal("STOP", zombie);
            Children.signal("STOP", paused);
            trial.awaitBeats("healthy", BEATS_OF_A_PAUSE);
            Children.signal("CONT", paused);
            Recovery ofPaused = Recovery.from("F07", Limits.HEARTBEAT.multipliedBy(2));
            trial.awaitBeats("paused", 1);
            ofPaused.ended();
            Duration rest = longestRest(trial, "blocked", lost);
            ofLost.ended();
            assertThat(trial.attempts(lost)).isEqualTo(2);
            Recovery.measured("F08", "heart-beats apart by", rest, Limits.LEASE.dividedBy(2));

            Recovery ofZombie = Recovery.from("F02 (the zombie is told)", Limits.HEARTBEAT.multipliedBy(2));
            Children.signal("CONT", zombie);
            trial.await(
                    "its outcome is refused",
                    () -> trial.ledgers().stream()
                            .anyMatch(entry ->
                                    entry.kind() == Kind.FAIL && entry.fields().contains(lost.toString())));
            ofZombie.ended();

            Files.createFile(release);
            end.countDown();
            trial.awaitAllEnded();
            assertThat(trial.attempts(kept)).isEqualTo(1);
            assertThat(trial.fenced()).containsExactly("zombie");
            blocked.close();
            trial.verify();
        } finally {
            end.countDown();
        }
    }

    /** A worker of which every slot is held for as long as the test lasts. */
    private static Worker blocked(Trial trial, CountDownLatch end) throws Exception {
        CountDownLatch started = new CountDownLatch(HELD);
        Worker worker = trial.start(Worker.on(JobQueue.on(trial.dataSource))
                .name("blocked")
                .capacity(HELD)
                .queue(Trial.queue("work-2"))
                .listener(trial.recorder())
                .handle(Work.TYPE, context -> {
                    started.countDown();
                    end.await();
                    return Outcome.completed();
                }));
        for (int job = 0; job < HELD; job++) {
            trial.enqueue(Act.QUICK, 2);
        }
        started.await();
        return worker;
    }

    /** How long a worker has not beaten at most, until a job is completed. */
    private static Duration longestRest(Trial trial, String worker, UUID until) {
        long[] longest = {0};
        trial.await("the job of the frozen process is completed by another", () -> {
            longest[0] = Math.max(
                    longest[0],
                    trial.number("SELECT (extract(epoch FROM penstock.clock() - heartbeat_at) * 1000)::bigint"
                            + " FROM penstock.worker WHERE name = '" + worker + "'"));
            return trial.jobQueue.find(until).orElseThrow().state() == JobState.COMPLETED;
        });
        return Duration.ofMillis(longest[0]);
    }
}
