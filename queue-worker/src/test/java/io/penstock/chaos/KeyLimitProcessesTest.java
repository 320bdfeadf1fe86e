package io.penstock.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.job.NewJob;
import io.penstock.testkit.PenstockDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One job of a key at a time over three processes that are killed and started anew in turn. How many jobs at least is set by the system
 * property {@code penstock.key.jobs}.
 */
@PenstockDatabase.Fresh
class KeyLimitProcessesTest {

    private static final int JOBS = Integer.getInteger("penstock.key.jobs", 800);
    private static final int KEYS = 5;
    private static final int KILLS = 4;
    private static final int PROCESSES = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** A handler that began while another of its key ran that had neither ended nor been rescued by then. */
    private static final String TOGETHER = """
            SELECT concat_ws(' ', b.key, b.job_id, b.began_at, 'beside', a.job_id, a.began_at, a.ended_at)
            FROM public.key_log AS b
            JOIN public.key_log AS a ON a.key = b.key AND (a.job_id, a.lease_token) <> (b.job_id, b.lease_token)
                                    AND a.began_at < b.began_at AND coalesce(a.ended_at, 'infinity') > b.began_at
            WHERE NOT EXISTS (SELECT FROM public.rescued AS r
                              WHERE r.job_id = a.job_id AND r.lease_token = a.lease_token AND r.at <= b.began_at)
            """;

    private final PenstockDatabase database;
    private final Children children;
    private final JobQueue jobQueue;
    private int starts;

    KeyLimitProcessesTest(PenstockDatabase database, @TempDir Path directory) {
        this.database = database;
        this.children = new Children(directory);
        this.jobQueue = database.jobQueue();
    }

    @Test
    void neverDoTwoJobsOfAKeyRunAndNoneIsLostOrParkedForEver() throws Exception {
        database.execute(KeyProcess.LOG);
        jobQueue.declare(KeyProcess.QUEUE);
        List<NewJob<KeyProcess.Turn>> jobs = IntStream.range(0, JOBS)
                .mapToObj(number ->
                        KeyProcess.TURN.with(new KeyProcess.Turn(number)).concurrencyKey("key-" + number % KEYS))
                .toList();
        jobQueue.enqueue(jobs);
        try {
            Process[] processes = new Process[PROCESSES];
            for (int place = 0; place < PROCESSES; place++) {
                processes[place] = start(place);
            }
            for (int kill = 0; kill < KILLS; kill++) {
                await((kill + 1) * JOBS / (KILLS + 2));
                int place = kill % PROCESSES;
                processes[place].destroyForcibly().waitFor();
                processes[place] = start(place);
            }
            await(JOBS);
        } finally {
            children.end();
        }
        System.out.println("limit per key: " + JOBS + " jobs of " + KEYS + " keys over " + PROCESSES + " processes, "
                + KILLS + " kills, " + database.number("SELECT count(*) FROM public.rescued") + " given back");
        assertThat(database.query(TOGETHER)).as("two of a key at once").isEmpty();
        assertThat(database.number("SELECT count(*) FROM penstock.waiting")).isZero();
    }

    private void await(long completed) {
        Awaitility.await(completed + " completed").atMost(PATIENCE).until(() -> completed() >= completed);
    }

    private long completed() throws SQLException {
        return database.number("SELECT count(*) FROM penstock.finished WHERE state = 'completed'");
    }

    private Process start(int place) throws Exception {
        return children.start(KeyProcess.class, "key-" + place + "-" + starts++, database.dataSource());
    }
}
