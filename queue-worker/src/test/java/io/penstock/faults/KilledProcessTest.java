package io.penstock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.faults.Work.Act;
import io.penstock.job.JobState;
import io.penstock.testkit.Recovery;
import io.penstock.testkit.TcpProxy;
import io.penstock.testkit.TcpProxy.Cut;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** F01, F03, F04: a worker's process ends, and whatever it was at is done by others. */
class KilledProcessTest {

    private static final Duration DEATH = Duration.ofSeconds(3);
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int VICTIMS = 3;
    private static final int JOBS = 2;

    @TempDir
    private Path directory;

    @Test
    void whatAKilledProcessRanIsRunByAnother() throws Exception {
        try (Trial trial = Trial.begin(directory)) {
            List<Process> victims = new ArrayList<>();
            for (int victim = 0; victim < VICTIMS; victim++) {
                victims.add(trial.process("victim-" + victim, trial.dataSource, victim, JOBS, LONG));
            }
            List<UUID> jobs = new ArrayList<>();
            for (int job = 0; job < VICTIMS * JOBS; job++) {
                jobs.add(trial.enqueue(Act.HOLD, job % VICTIMS));
            }
            jobs.forEach(job -> trial.awaitState(job, JobState.RUNNING));
            trial.start(trial.worker("rescuer", trial.dataSource));
            trial.awaitBeats("rescuer", 2);
            for (int victim = 0; victim < VICTIMS; victim++) {
                Recovery recovery = Recovery.from("F01", DEATH);
                victims.get(victim).destroyForcibly().waitFor();
                long done = (victim + 1L) * JOBS;
                trial.await(done + " jobs", () -> trial.number("SELECT count(*) FROM penstock.finished") == done);
                recovery.ended();
            }
            jobs.forEach(job -> assertThat(trial.attempts(job)).isEqualTo(2));
            trial.verify();
        }
    }

    @Test
    void whatAProcessThatIsToldToEndDoesNotEndInTimeIsGivenBackUncharged() throws Exception {
        Duration grace = Duration.ofMillis(500);
        try (Trial trial = Trial.begin(directory)) {
            Process process = trial.process("leaving", trial.dataSource, 0, 1, grace);
            UUID job = trial.enqueue(Act.HOLD, 0);
            trial.awaitState(job, JobState.RUNNING);
            Recovery recovery = Recovery.from("F03", grace.plusSeconds(1));
            process.destroy();
            trial.awaitState(job, JobState.AVAILABLE);
            recovery.ended();
            assertThat(process.waitFor(Trial.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(trial.attempts(job)).isZero();
            trial.start(trial.worker("other", trial.dataSource));
            trial.awaitState(job, JobState.COMPLETED);
            trial.verify();
        }
    }

    @Test
    void aProcessThatEndsBetweenAnEffectAndItsCommitLeavesWhatTheTransactionSays() throws Exception {
        try (Trial trial = Trial.begin(directory);
                TcpProxy proxy = TcpProxy.before(trial.dataSource)) {
            proxy.cut("INSERT INTO penstock.finished", Cut.DURING_COMMIT);
            proxy.refuseAfterCut();
            Process afterEffect = trial.process("after-effect", trial.dataSource, 0, 1, LONG);
            Process inTransaction = trial.process("in-transaction", trial.dataSource, 1, 1, LONG);
            Process whileCompleting = trial.process("completing", proxy.dataSource(trial.dataSource), 2, 4, LONG);
            UUID twice = trial.enqueue(Act.HALT_AFTER_EFFECT, 0);
            UUID once = trial.enqueue(Act.HALT_IN_TRANSACTION, 1);
            List<UUID> batch = new ArrayList<>();
            for (int job = 0; job < 4; job++) {
                batch.add(trial.enqueue(Act.QUICK, 2));
            }
            assertThat(afterEffect.waitFor()).isEqualTo(Work.HALTED);
            assertThat(inTransaction.waitFor()).isEqualTo(Work.HALTED);
            trial.await("a completion is cut", proxy::allCut);
            whileCompleting.destroyForcibly().waitFor();
            assertThat(effects(trial, twice)).isEqualTo(1);
            assertThat(effects(trial, once)).isZero();

            Recovery recovery = Recovery.from("F04", DEATH);
            trial.start(trial.worker("rescuer", trial.dataSource));
            trial.awaitAllEnded();
            recovery.ended();
            assertThat(effects(trial, twice)).as("at least once").isEqualTo(2);
            assertThat(effects(trial, once)).as("once").isEqualTo(1);
            batch.forEach(job -> trial.awaitState(job, JobState.COMPLETED));
            trial.verify();
        }
    }

    private static long effects(Trial trial, UUID job) throws Exception {
        return trial.number("SELECT count(*) FROM public.effect WHERE job_id = '" + job + "'");
    }
}
