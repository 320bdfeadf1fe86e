package io.penstock.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.testkit.DatabaseServer;
import io.penstock.testkit.History;
import io.penstock.testkit.HistoryChecker;
import io.penstock.testkit.Ledger;
import io.penstock.testkit.Ledger.Entry;
import io.penstock.testkit.PenstockDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 15,000 jobs through two processes, which are killed in turn, each after some hundreds of attempts. The number of jobs can be set by the
 * system property {@code penstock.chaos.jobs}.
 */
@PenstockDatabase.Fresh
class ChaosTest {

    private static final int JOBS = Integer.getInteger("penstock.chaos.jobs", 15_000);
    private static final Duration PATIENCE = Duration.ofMinutes(8);
    private static final long SEED = Long.getLong("penstock.chaos.seed", 20210205L);

    @TempDir
    Path directory;

    private final Process[] workers = new Process[2];
    private final String[] names = new String[2];
    private int starts;

    @Test
    void nothingIsLostAndNothingCompletedTwiceWhileProcessesAreKilled(PenstockDatabase database) throws Exception {
        database.execute("SELECT penstock.record_job_events(true)");
        database.execute(Task.EFFECTS);
        database.execute(FENCES);
        JobQueue jobQueue = database.jobQueue();
        Task.QUEUES.forEach(jobQueue::declare);
        Ledger ledger = new Ledger(directory.resolve("client.ledger"));
        CompletableFuture<Void> load = CompletableFuture.allOf(
                load(new LoadGenerator(jobQueue, database.dataSource(), ledger, SEED), 0, JOBS / 2),
                load(new LoadGenerator(jobQueue, database.dataSource(), ledger, SEED + 1), JOBS / 2, JOBS));
        int kills = 0;
        try {
            for (int slot = 0; slot < workers.length; slot++) {
                workers[slot] = start(database, slot);
            }
            kills = killUntilDone(database, load);
        } finally {
            for (Process worker : workers) {
                if (worker != null) {
                    worker.destroy();
                    worker.waitFor(40, TimeUnit.SECONDS);
                }
            }
        }
        for (String lost : database.query("SELECT worker_id::text FROM public.chaos_fence")) {
            ledger.lostWorker(Long.parseLong(lost));
        }
        History history = History.read(database, ledgers());
        List<String> violations = HistoryChecker.violations(history);
        long finished = history.rows().size();
        System.out.println("chaos: seed " + SEED + ", " + JOBS + " jobs, " + finished + " finished, "
                + history.events().size() + " transitions, " + kills + " kills, " + violations.size() + " violations");
        assertThat(violations).isEmpty();
        assertThat(finished).isGreaterThanOrEqualTo(JOBS);
        assertThat(kills).isPositive();
        assertThat(HistoryChecker.mostRunningOfOneWorker(history)).isLessThanOrEqualTo(Task.CAPACITY + Task.HEADROOM);
        assertThat(database.query(EFFECTS_WRONG)).isEmpty();
    }

    /** A fence is recorded with its commit: who made it may be killed before it can tell anybody. */
    private static final String FENCES = """
            CREATE TABLE public.chaos_fence (worker_id bigint);
            CREATE FUNCTION public.chaos_fence() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO public.chaos_fence VALUES (new.worker_id);
                RETURN NULL;
            END
            $$;
            CREATE TRIGGER chaos_fence AFTER UPDATE OF state ON penstock.worker
                FOR EACH ROW WHEN (new.state = 'lost') EXECUTE FUNCTION public.chaos_fence();
            """;

    /** Of the tasks that complete in their own transaction: completed without exactly one effect, or the reverse. */
    private static final String EFFECTS_WRONG = """
            SELECT f.id || ' ' || f.state || ' has ' || count(e.job_id) || ' effects'
            FROM penstock.finished AS f
            LEFT JOIN chaos_effect AS e ON e.job_id = f.id AND e.generation = f.generation
            WHERE (f.payload ->> 'number')::integer % 50 = 0
            GROUP BY f.id, f.generation, f.state
            HAVING count(e.job_id) <> CASE WHEN f.state = 'completed' THEN 1 ELSE 0 END
            """;

    private static CompletableFuture<Void> load(LoadGenerator generator, int from, int to) {
        return CompletableFuture.runAsync(() -> {
            try {
                generator.run(from, to);
            } catch (Exception failure) {
                throw new IllegalStateException("the load generator failed", failure);
            }
        });
    }

    /**
     * Kills the two in turn and starts them anew until everything has ended. A life is measured by the attempts that it has ended: however
     * slow the machine, a process gets as far before it is killed.
     */
    private int killUntilDone(PenstockDatabase database, CompletableFuture<Void> load) throws Exception {
        Random random = new Random(SEED);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int life = life(random);
        int kills = 0;
        while (System.nanoTime() < deadline) {
            boolean loaded = load.isDone();
            if (loaded && unfinished(database) == 0) {
                load.get();
                return kills;
            }
            if (attempts(kills % workers.length) >= life) {
                int slot = kills++ % workers.length;
                workers[slot].destroyForcibly().waitFor();
                workers[slot] = start(database, slot);
                life = life(random);
            }
            workers[0].waitFor(
                    100, TimeUnit.MILLISECONDS); // a worker that ends by itself is seen as its jobs stand still
        }
        throw new AssertionError("jobs have not ended within " + PATIENCE + ": " + database.query(LEFT) + "; see "
                + Files.readString(directory.resolve("worker-0.log")));
    }

    private static int life(Random random) {
        return 1 + random.nextInt(2_000);
    }

    /** How many attempts a process has ended since it was started. */
    private long attempts(int slot) throws IOException {
        try (Stream<String> lines = Files.lines(ledgerOf(slot))) {
            return lines.count();
        }
    }

    private static final String LEFT = """
            SELECT concat_ws(' ', tableoid::regclass, id, state, position, worker_id, attempt, lease_token, claimed_at)
            FROM (SELECT tableoid, id, state, position, worker_id, attempt, lease_token, claimed_at FROM penstock.live LIMIT 10) AS l
            UNION ALL
            SELECT concat_ws(' ', 'waiting', id, state, due_at, attempt, lease_token)
            FROM (SELECT id, state, due_at, attempt, lease_token FROM penstock.waiting LIMIT 10) AS w
            UNION ALL SELECT concat_ws(' ', 'worker', worker_id, state, heartbeat_at, lost_at) FROM penstock.worker
            UNION ALL SELECT concat_ws(' ', 'queue', queue_id, name, write_segment) FROM penstock.queue
            UNION ALL SELECT concat_ws(' ', 'ceiling', queue_id, priority, ceiling) FROM penstock.claim_ceiling
            """;

    private static long unfinished(PenstockDatabase database) throws Exception {
        return database.number(
                "SELECT (SELECT count(*) FROM (SELECT FROM penstock.live LIMIT 1) AS l) + (SELECT count(*) FROM (SELECT FROM penstock.waiting LIMIT 1) AS w)");
    }

    private Process start(PenstockDatabase database, int slot) throws IOException {
        DatabaseServer server = PenstockDatabase.server();
        String password = server.password();
        String name = "chaos-" + slot + "-" + starts++;
        names[slot] = name;
        Files.createFile(ledgerOf(slot));
        return WorkerProcess.start(
                WorkerProcess.class,
                List.of(),
                List.of(
                        database.url(),
                        server.user(),
                        password == null ? "" : password,
                        name,
                        ledgerOf(slot).toString()),
                directory.resolve("worker-" + slot + ".log").toFile());
    }

    private Path ledgerOf(int slot) {
        return directory.resolve(names[slot] + ".ledger");
    }

    private List<Entry> ledgers() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".ledger")).toList()) {
                entries.addAll(Ledger.read(file));
            }
        }
        return entries;
    }
}
