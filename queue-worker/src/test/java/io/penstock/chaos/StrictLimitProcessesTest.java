package io.penstock.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.job.Outcome;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.worker.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One job at a time over three processes, of which the one that has the slot is killed and started anew, or frozen until it has been taken
 * for dead, in turn. How many jobs at least is set by the system property {@code penstock.strict.jobs}.
 */
@PenstockDatabase.Fresh
class StrictLimitProcessesTest {

    private static final int JOBS = Integer.getInteger("penstock.strict.jobs", 300);
    private static final int ENQUEUED_AT_ONCE = 500;
    private static final int BETWEEN = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PROCESSES = 3;

    /** A handler that began while another ran whose worker had not been taken for dead by then. */
    private static final String TWO_VALID = """
            SELECT concat_ws(' ', b.job_id, b.began_at, 'beside', a.job_id, a.began_at, a.ended_at, 'of worker', a.worker_id)
            FROM public.turn_log AS b
            JOIN public.turn_log AS a ON a.began_at < b.began_at AND a.began_at > b.began_at - interval '60 s'
                                     AND coalesce(a.ended_at, 'infinity') > b.began_at
            WHERE a.worker_id IS NOT NULL AND b.worker_id IS NOT NULL
              AND NOT EXISTS (SELECT FROM public.fenced AS f WHERE f.worker_id IN (a.worker_id, b.worker_id) AND f.at <= b.began_at)
            """;

    /** Handlers that ran on when others began, as their workers had been taken for dead. */
    private static final String OVERLAPS = """
            SELECT count(DISTINCT (a.job_id, a.lease_token)) FROM public.turn_log AS b
            JOIN public.turn_log AS a ON a.began_at < b.began_at AND a.began_at > b.began_at - interval '60 s' AND a.ended_at > b.began_at
            """;

    private final PenstockDatabase database;
    private final Children children;
    private final JobQueue jobQueue;
    private final Process[] processes = new Process[PROCESSES];
    private int starts;
    private int enqueued;
    private int kills;
    private int freezes;

    StrictLimitProcessesTest(PenstockDatabase database, @TempDir Path directory) {
        this.database = database;
        this.children = new Children(directory);
        this.jobQueue = database.jobQueue();
    }

    @Test
    void neverDoTwoRunWhoseSlotsAreValid() throws Exception {
        database.execute(StrictProcess.LOG);
        jobQueue.declare(StrictProcess.QUEUE);
        try {
            for (int place = 0; place < PROCESSES; place++) {
                start(place);
            }
            for (int turn = 0; turn < 2 || ended() < JOBS; turn++) {
                await(ended() + BETWEEN);
                if (turn % 2 == 0) {
                    kill();
                } else {
                    freeze();
                }
            }
            awaitAll();
        } finally {
            children.end();
        }
        runOneMore();
        System.out.println(
                "strict limit: " + enqueued + " jobs, one at a time over " + PROCESSES + " processes, " + kills
                        + " kills, " + freezes + " freezes, " + database.number("SELECT count(*) FROM public.fenced")
                        + " fenced, "
                        + database.number(OVERLAPS) + " overlaps with handlers that outlived their slot, "
                        + database.number("SELECT count(*) FROM public.slot_log") + " hand-overs");
        assertThat(database.query(TWO_VALID)).as("two with valid slots").isEmpty();
        assertThat(database.query(
                        "SELECT from_worker || ' ' || to_worker FROM public.slot_log WHERE NOT was_lost AND to_worker IS NOT NULL"
                                + " AND from_worker IS NOT NULL"))
                .as("slots taken from the living")
                .isEmpty();
        assertThat(completed()).isEqualTo(enqueued);
        assertThat(database.number("SELECT count(*) FROM penstock.slot")).isEqualTo(1);
        assertThat(kills).isPositive();
        assertThat(freezes).isPositive();
    }

    /** The slot has not leaked: whatever became of those that had it, a new worker gets it. */
    private void runOneMore() throws Exception {
        try (Worker worker = Worker.on(jobQueue)
                .queue(StrictProcess.QUEUE)
                .handle(StrictProcess.TURN, context -> Outcome.completed())
                .start()) {
            jobQueue.enqueue(StrictProcess.TURN.with(new StrictProcess.Turn(0)));
            enqueued++;
            awaitAll();
        }
    }

    private void awaitAll() {
        Awaitility.await("all have ended").atMost(PATIENCE).until(() -> completed() == enqueued);
    }

    private void kill() throws Exception {
        int place = holder();
        processes[place].destroyForcibly().waitFor();
        kills++;
        await(ended() + 1);
        start(place);
    }

    /** Until another has its slot, and some time beyond. */
    private void freeze() throws Exception {
        Process frozen = processes[holder()];
        Children.signal("STOP", frozen);
        try {
            freezes++;
            await(ended() + BETWEEN);
        } finally {
            Children.signal("CONT", frozen);
        }
    }

    /** The place of the process that has the slot. */
    private int holder() {
        String query =
                "SELECT split_part(w.name, '-', 2) FROM penstock.slot AS s JOIN penstock.worker AS w USING (worker_id)"
                        + " WHERE w.state = 'alive'";
        Awaitility.await("the slot is taken")
                .atMost(PATIENCE)
                .until(() -> !database.query(query).isEmpty());
        try {
            return Integer.parseInt(database.query(query).get(0));
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private long ended() throws Exception {
        return database.number("SELECT count(*) FROM public.turn_log WHERE ended_at IS NOT NULL");
    }

    private long completed() throws Exception {
        return database.number("SELECT count(*) FROM penstock.finished WHERE state = 'completed'");
    }

    private void await(long turns) throws Exception {
        while (enqueued < turns) {
            jobQueue.enqueue(IntStream.range(0, ENQUEUED_AT_ONCE)
                    .mapToObj(number -> StrictProcess.TURN.with(new StrictProcess.Turn(number)))
                    .toList());
            enqueued += ENQUEUED_AT_ONCE;
        }
        Awaitility.await(turns + " turns").atMost(PATIENCE).until(() -> ended() >= turns);
    }

    private void start(int place) throws Exception {
        processes[place] =
                children.start(StrictProcess.class, "strict-" + place + "-" + starts++, database.dataSource());
    }
}
