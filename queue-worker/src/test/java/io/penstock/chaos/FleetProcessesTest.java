package io.penstock.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobType;
import io.penstock.job.Limits;
import io.penstock.operate.QueueOperations;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.Recovery;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Budgets over three processes under load: whoever made the last epoch is frozen, which has also borrowed slots, and killed, budgets are changed, and
 * workers come and go. Two epochs after each, those that are left have the whole of every budget.
 */
@PenstockDatabase.Fresh
class FleetProcessesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration EPOCH = Duration.ofSeconds(1);
    private static final Duration TWO_EPOCHS = EPOCH.multipliedBy(2);
    private static final int TOPPED_UP_TO = 300;

    private static final String ALL_OF_BOTH = """
            SELECT (SELECT count(*) FROM penstock.worker WHERE state = 'alive') || ' ' || string_agg(
                       q.name || ' ' || m.workers || ' ' || m.guarantee || ' ' || m.slots, ', ' ORDER BY q.name)
            FROM penstock.queue AS q CROSS JOIN LATERAL (
                SELECT count(w.worker_id) AS workers, coalesce(sum((s.share ->> 0)::integer), 0) AS guarantee,
                       coalesce(sum((s.share ->> 1)::integer), 0) AS slots
                FROM penstock.allocation AS a, jsonb_each(a.shares) AS m (worker_id, queues), jsonb_each(m.queues) AS s (queue_id, share),
                     penstock.worker AS w
                WHERE s.queue_id = q.queue_id::text AND w.worker_id = m.worker_id::bigint AND w.state = 'alive') AS m
            """;

    /** At the beginning of each handler of the kind, how many ran whose workers had not been taken for dead. */
    private static final String TOGETHER = """
            SELECT count(*) FROM public.run_log AS a
            WHERE a.began_at <= b.began_at AND a.began_at > b.began_at - interval '60 s' AND coalesce(a.ended_at, 'infinity') > b.began_at
              AND NOT EXISTS (SELECT FROM public.fenced AS f WHERE f.worker_id = a.worker_id AND f.at <= b.began_at)
            """;

    /** More than the capacity and headroom of one worker. */
    private static final String CROWDED = "SELECT b.worker_id || ' at ' || b.began_at FROM public.run_log AS b WHERE ("
            + TOGETHER + " AND a.worker_id = b.worker_id) > " + (FleetProcess.CAPACITY + FleetProcess.HEADROOM);

    /** More of the heavy queue than its limit and what lately moved from worker to worker: a look to read it, and what then runs. */
    private static final String OVER_THE_LIMIT = "SELECT b.job_id || ' at ' || b.began_at FROM public.run_log AS b"
            + " WHERE b.type = 'heavy' AND (" + TOGETHER + " AND a.type = 'heavy') > " + FleetProcess.LIMIT
            + " + (SELECT coalesce(sum(e.moved), 0) FROM public.epoch_log AS e"
            + " WHERE e.at BETWEEN b.began_at - interval '5 s' AND b.began_at)";

    private final PenstockDatabase database;
    private final Children children;
    private final JobQueue jobQueue;
    private final QueueOperations queues;
    private final Map<String, Process> processes = new LinkedHashMap<>();
    private int starts;
    private int enqueued;

    FleetProcessesTest(PenstockDatabase database, @TempDir Path directory) {
        this.database = database;
        this.children = new Children(directory);
        this.jobQueue = database.jobQueue();
        this.queues = QueueOperations.on(database.dataSource(), "tester");
    }

    @Test
    void whateverBecomesOfWorkersTheOthersHaveTheWholeOfEveryBudgetTwoEpochsLater() throws Exception {
        database.execute(FleetProcess.LOG);
        jobQueue.declare(FleetProcess.critical(), FleetProcess.heavy());
        try {
            for (int place = 0; place < 3; place++) {
                start();
            }
            awaitShared(3, FleetProcess.LIMIT);
            awaitMoreOfBoth();

            String winner = winner();
            await("it has borrowed slots", () -> borrows(winner));
            Recovery ofEpoch = Recovery.from("a frozen winner's epoch", TWO_EPOCHS);
            Recovery ofFrozen = Recovery.from("a frozen winner's guarantee", Limits.LEASE.plus(TWO_EPOCHS));
            Children.signal("STOP", process(winner));
            heavyLimit(6);
            await("another makes the next epoch", () -> !winner.equals(winner()) && shares().endsWith("heavy 3 0 6"));
            ofEpoch.ended();
            awaitShared(2, 6);
            ofFrozen.ended();
            Children.signal("CONT", process(winner));
            awaitShared(3, 6);
            awaitMoreOfBoth();

            Recovery ofKilled = Recovery.from("a killed winner's guarantee", Limits.LEASE.plus(TWO_EPOCHS));
            String killed = winner();
            process(killed).destroyForcibly().waitFor();
            processes.remove(killed);
            awaitShared(2, 6);
            ofKilled.ended();

            Recovery ofAdded = Recovery.from("a new worker's share", Duration.ofSeconds(10));
            start();
            awaitShared(3, 6);
            ofAdded.ended();

            Recovery ofLowered = Recovery.from("a lowered limit holds on every worker", TWO_EPOCHS);
            heavyLimit(3);
            await("no more run", () -> running() <= 3);
            ofLowered.ended();
            Recovery ofRaised = Recovery.from("a raised limit is used by every worker", TWO_EPOCHS);
            heavyLimit(FleetProcess.LIMIT);
            await("more run", () -> running() > 3);
            ofRaised.ended();

            String leaving = processes.keySet().iterator().next();
            Recovery ofLeaving = Recovery.from("the share of a worker that ends", TWO_EPOCHS);
            process(leaving).destroy();
            awaitShared(2, FleetProcess.LIMIT);
            ofLeaving.ended();
            awaitMoreOfBoth();
            Awaitility.await("all have ended").atMost(PATIENCE).until(() -> completed() == enqueued);
        } finally {
            children.end();
        }
        assertThat(database.query(CROWDED)).as("above one worker's slots").isEmpty();
        assertThat(database.query(OVER_THE_LIMIT)).as("above the limit").isEmpty();
        assertThat(database.number("SELECT count(DISTINCT made_by) FROM public.epoch_log"))
                .as("workers that have made epochs")
                .isGreaterThan(1);
        assertThat(database.number("SELECT count(DISTINCT id) FROM penstock.finished"))
                .isEqualTo(enqueued);
    }

    private void heavyLimit(int limit) {
        queues.changeBudget(FleetProcess.HEAVY.queue(), old -> ConcurrencyBudget.spare(limit));
    }

    private String shares() throws SQLException {
        return database.query(ALL_OF_BOTH).get(0);
    }

    /** So many workers are alive, and they alone have the guarantee of the one queue and the limit of the other. */
    private void awaitShared(int workers, int limit) {
        String all = workers + " critical " + workers + " " + FleetProcess.GUARANTEE + " " + FleetProcess.GUARANTEE
                + ", heavy " + workers + " 0 " + limit;
        await(all, () -> shares().equals(all));
    }

    private void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(PATIENCE).until(() -> {
            topUp(FleetProcess.CRITICAL);
            topUp(FleetProcess.HEAVY);
            return condition.call();
        });
    }

    private void awaitMoreOfBoth() throws SQLException {
        long critical = ended("critical") + 100;
        long heavy = ended("heavy") + 50;
        await("more have ended", () -> ended("critical") >= critical && ended("heavy") >= heavy);
    }

    private void topUp(JobType<FleetProcess.Load> type) throws SQLException {
        long waiting = database.number(
                "SELECT count(*) FROM penstock.live WHERE type = '" + type.name() + "' AND state = 'available'");
        if (waiting < TOPPED_UP_TO / 2) {
            jobQueue.enqueue(IntStream.range(0, TOPPED_UP_TO)
                    .mapToObj(number -> type.with(new FleetProcess.Load(number)))
                    .toList());
            enqueued += TOPPED_UP_TO;
        }
    }

    private long ended(String type) throws SQLException {
        return database.number(
                "SELECT count(*) FROM public.run_log WHERE ended_at IS NOT NULL AND type = '" + type + "'");
    }

    private long running() throws SQLException {
        return database.number("SELECT count(*) FROM penstock.live WHERE state = 'running' AND type = 'heavy'");
    }

    private long completed() throws SQLException {
        return database.number("SELECT count(*) FROM penstock.finished WHERE state = 'completed'");
    }

    private String winner() throws SQLException {
        List<String> names = database.query(
                "SELECT w.name FROM penstock.allocation AS a JOIN penstock.worker AS w ON w.worker_id = a.made_by");
        return names.isEmpty() ? "gone" : names.get(0);
    }

    /** Whether a worker runs jobs of the queue without a guarantee. */
    private boolean borrows(String worker) throws SQLException {
        return database.number("SELECT count(*) FROM penstock.live AS l JOIN penstock.worker AS w USING (worker_id)"
                        + " WHERE l.state = 'running' AND l.type = 'heavy' AND w.name = '" + worker + "'")
                > 0;
    }

    private Process process(String name) {
        return Objects.requireNonNull(processes.get(name), name);
    }

    private void start() throws Exception {
        String name = "fleet-" + starts++;
        processes.put(name, children.start(FleetProcess.class, name, database.dataSource()));
    }
}
