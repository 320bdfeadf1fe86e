package io.penstock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.faults.Work.Act;
import io.penstock.job.JobState;
import io.penstock.job.Outcome;
import io.penstock.testkit.Installed;
import io.penstock.testkit.Ledger.Kind;
import io.penstock.testkit.Recovery;
import io.penstock.worker.Worker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** F09: the clock of a worker's machine is an hour ahead, and then an hour behind. */
class WrongClockTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    /** The library looks at its file once a second, and a round of questions takes half of one. */
    private static final Duration NOTHING_MISSED = Duration.ofSeconds(3);

    @TempDir
    private Path directory;

    @Test
    void aWorkerWhoseClockIsWrongAndJumpsDoesEverythingInTime() throws Exception {
        Path library = faketime();
        Path clock = Files.writeString(directory.resolve("clock"), "+1h\n");
        Map<String, String> environment = Map.of(
                "LD_PRELOAD",
                library.toString(),
                "FAKETIME_TIMESTAMP_FILE",
                clock.toString(),
                "FAKETIME_CACHE_DURATION",
                "1",
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1");
        try (Trial trial = Trial.begin(directory)) {
            trial.start(Worker.on(trial.jobQueue)
                    .name("right")
                    .queue(Trial.queue("work-0"))
                    .listener(trial.recorder())
                    .handle(Work.TYPE, context -> Outcome.completed()));
            trial.process("wrong", trial.dataSource, 3, 1, LONG, environment);
            trial.awaitBeats("wrong", 1);
            while (told(trial) != 60) {
                // the library looks at its file now and then
            }
            Recovery recovery = Recovery.from("F09", NOTHING_MISSED);
            Files.writeString(clock, "-1h\n");
            while (told(trial) != -60) {
                // as before
            }
            recovery.ended();
            trial.awaitBeats("wrong", 2);
            assertThat(trial.fenced()).isEmpty();
            trial.verify();
        }
    }

    /** By how many minutes the process's clock differs; and meanwhile it keeps time by the database's. */
    private static long told(Trial trial) throws Exception {
        UUID later = UUID.randomUUID();
        trial.record(Kind.INVOKE, later);
        UUID job = trial.enqueue(
                Work.TYPE.with(new Work(Act.TELL_TIME, later.toString())).queue("work-3"));
        trial.awaitState(job, JobState.COMPLETED);
        trial.record(Kind.OK, later);
        trial.awaitState(later, JobState.COMPLETED);
        assertThat(trial.query("SELECT eligible_at - enqueued_at FROM penstock.finished WHERE id = '" + later + "'"))
                .as("a fifth of a second by the database's clock")
                .containsExactly("00:00:00.2");
        return trial.number(
                "SELECT round(((result ->> 'millis')::bigint / 1000 - extract(epoch FROM penstock.clock())) / 60)"
                        + " FROM penstock.finished WHERE id = '" + job + "'");
    }

    /** The library that gives a process another time. */
    private static Path faketime() throws IOException {
        try (Stream<Path> places = Files.list(Path.of("/usr/lib"))) {
            return Installed.orSkip(
                    places.map(place -> place.resolve("faketime/libfaketimeMT.so.1"))
                            .filter(Files::exists)
                            .findFirst(),
                    "libfaketime",
                    "faketime");
        }
    }
}
