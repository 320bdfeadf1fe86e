package io.penstock.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.RestartableServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first property of the store, under all that may befall it: no job is ever stranded below a floor. Enqueuers hold
 * transactions of every kind and length open, workers are killed, the server is restarted, crashes, and is swapped for an
 * older copy of itself. What must run is read from the database that is there at the end.
 *
 * <p>The length is set by the system property {@code penstock.stress.seconds}. At a length of five minutes and more,
 * it is asserted as well that jobs which committed late wait at most a second longer than others, at their 99th percentile.
 */
class StressTest {

    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("penstock.stress.seconds", 30));
    private static final long SEED = Long.getLong("penstock.stress.seed", 20210205L);
    private static final Duration LONG_FORM = Duration.ofMinutes(5);
    private static final double LATE_P99_MILLIS = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration BETWEEN_SEGMENTS = Duration.ofSeconds(4);
    private static final int ENQUEUERS = 5;

    @TempDir
    Path directory;

    private final List<StressLoad> loads = new ArrayList<>();
    private final List<String> stranded = new ArrayList<>();

    @Test
    void noCommittedJobIsEverStranded() throws Exception {
        RestartableServer.assumeWanted();
        StressVerdict.say(LENGTH.toSeconds() + " s, seed " + SEED);
        try (StressRun run = new StressRun(directory)) {
            try {
                disturb(run);
                drain(run);
            } finally {
                run.stopWorkers();
                for (StressLoad load : loads) {
                    load.close();
                }
            }
            StressVerdict verdict = StressVerdict.of(run, loads);
            verdict.print(run, loads);
            hold(verdict, run);
        }
    }

    private void disturb(StressRun run) throws Exception {
        for (int number = 0; number < ENQUEUERS; number++) {
            StressLoad load = new StressLoad(run.dataSource(), run.jobQueue(), run.fates(), SEED + number);
            loads.add(load);
            load.start();
        }
        long start = System.nanoTime();
        for (Disturbance disturbance : Disturbance.plan(LENGTH, SEED)) {
            waitUntil(run, start + disturbance.at().toNanos());
            stranded.addAll(run.stranded());
            run.disturb(disturbance.act());
            switch (disturbance.act()) {
                // floors that stay low, behind a long transaction, would still be low enough after the swap
                case COPY_SERVER -> loads.forEach(load -> load.calm(true));
                case SWAP_SERVER -> loads.forEach(load -> load.calm(false));
                default -> {}
            }
        }
        waitUntil(run, start + LENGTH.toNanos());
    }

    private static void waitUntil(StressRun run, long moment) throws InterruptedException, SQLException {
        for (long left = moment - System.nanoTime(); left > 0; left = moment - System.nanoTime()) {
            run.waitFor(Math.min(left, BETWEEN_SEGMENTS.toNanos()));
            run.moveOn();
        }
    }

    /** Ends every transaction, and lets the workers end every job. Whoever is not through by then is found missing. */
    private void drain(StressRun run) throws Exception {
        loads.forEach(StressLoad::finish);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline && !loads.stream().allMatch(StressLoad::finished)) {
            run.waitFor(TimeUnit.MILLISECONDS.toNanos(50));
        }
        run.endPrepared();
        stranded.addAll(run.stranded());
        while (System.nanoTime() < deadline && run.unfinished() > 0) {
            run.waitFor(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private void hold(StressVerdict verdict, StressRun run) {
        String reproduce = "-Dpenstock.stress.seconds=" + LENGTH.toSeconds() + " -Dpenstock.stress.seed=" + SEED;
        assertThat(stranded).as(reproduce).isEmpty();
        assertThat(verdict.violations())
                .as(() -> reproduce + verdict.explained() + "\n" + run.workerLog())
                .isEmpty();
        assertThat(loads).allSatisfy(load -> assertThat(load.defects()).isEmpty());
        assertThat(loads).allMatch(StressLoad::finished);
        assertThat(verdict.history().rows()).isNotEmpty();
        if (LENGTH.compareTo(LONG_FORM) >= 0) {
            assertThat(verdict.delays().late().p99())
                    .as("p99 of late ones, ms, above that of prompt ones")
                    .isLessThanOrEqualTo(verdict.delays().prompt().p99() + LATE_P99_MILLIS);
        }
    }
}
