package io.penstock.examples.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.penstock.JobQueue;
import io.penstock.examples.benchmarks.IsolationWorker.Task;
import io.penstock.examples.benchmarks.SlotTimes.Span;
import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** One phase: the load that is offered, and what came of it by the rows and the database's clock. */
final class IsolationRun {

    private static final long SEED = 17;
    private static final long TOP_UP_EVERY = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int QUICK_WAITING = 200;
    private static final int LONG_WAITING = 30;

    private static final String SPANS = """
            SELECT type, extract(epoch FROM eligible_at), extract(epoch FROM claimed_at), extract(epoch FROM finished_at)
            FROM penstock.finished WHERE state = 'completed'
            UNION ALL
            SELECT type, extract(epoch FROM eligible_at), CASE WHEN state = 'running' THEN extract(epoch FROM claimed_at) END, NULL
            FROM penstock.live
            """;

    private static final String GUARANTEED = """
            SELECT coalesce(sum((s.share ->> 0)::integer), 0)
                   - 1000 * (SELECT count(*) FROM penstock.live AS l JOIN penstock.worker AS w ON w.worker_id = l.worker_id
                             WHERE l.state = 'running' AND w.state <> 'alive')
            FROM penstock.allocation AS a
            JOIN penstock.queue AS q ON q.name = 'critical'
            CROSS JOIN LATERAL jsonb_each(a.shares) AS m (worker_id, queues)
            JOIN penstock.worker AS w ON w.worker_id = m.worker_id::bigint AND w.state = 'alive'
            CROSS JOIN LATERAL jsonb_each(m.queues) AS s (queue_id, share)
            WHERE s.queue_id = q.queue_id::text
            """;

    private static final String LOST = "SELECT 3 - count(*) FROM penstock.worker WHERE state = 'alive'";

    private final IsolationPhase phase;
    private final BenchDatabase database;
    private final HikariDataSource pool;
    private final JobQueue jobQueue;
    private final Random random = new Random(SEED);
    private volatile boolean over;

    IsolationRun(IsolationPhase phase, BenchDatabase database, HikariDataSource pool) {
        this.phase = phase;
        this.database = database;
        this.pool = pool;
        this.jobQueue = JobQueue.on(pool);
    }

    /** Offers the load for a while, and then for as many critical jobs as are asked for. */
    void offer(int warmUp, int samples, double rate, Runnable halfway) throws Exception {
        CompletableFuture<Void> heavy =
                phase.heavy() ? CompletableFuture.runAsync(this::topUp) : CompletableFuture.completedFuture(null);
        long next = System.nanoTime();
        try {
            for (int number = -warmUp; number < samples; number++) {
                if (number == samples / 2) {
                    halfway.run();
                }
                next += (long) (-Math.log(1 - random.nextDouble()) / rate * 1e9);
                TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
                NewJob<Task> job = task(IsolationWorker.CRITICAL, "critical", number);
                jobQueue.enqueue(number < 0 ? job : job.tags("measured"));
            }
        } finally {
            over = true;
        }
        heavy.get();
    }

    /** Keeps so many heavy jobs of either kind waiting. */
    private void topUp() {
        try (Connection connection = pool.getConnection()) {
            while (!over) {
                topUp(connection, IsolationWorker.QUICK, "quick", QUICK_WAITING);
                topUp(connection, IsolationWorker.LONG, "long", LONG_WAITING);
                TimeUnit.NANOSECONDS.sleep(TOP_UP_EVERY);
            }
        } catch (SQLException failure) {
            throw new IllegalStateException("heavy jobs could not be offered any more", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void topUp(Connection connection, JobType<Task> type, String name, int wanted) throws SQLException {
        long waiting = BenchDatabase.number(
                connection, "SELECT count(*) FROM penstock.live WHERE type = ? AND state = 'available'", name);
        List<NewJob<Task>> jobs = IntStream.range(0, (int) Math.max(0, wanted - waiting))
                .mapToObj(number -> task(type, name, number))
                .toList();
        if (!jobs.isEmpty()) {
            jobQueue.enqueue(jobs);
        }
    }

    private NewJob<Task> task(JobType<Task> type, String name, int number) {
        return type.onQueue(phase.queueOf(name)).with(new Task(number));
    }

    /** Waits until the workers that are left are guaranteed all there is, and none of the lost one's jobs counts as running; answers how many seconds. */
    static double awaitGuarantee(BenchDatabase database) {
        long start = System.nanoTime();
        try (Connection connection = database.connect()) {
            while (BenchDatabase.number(connection, LOST) == 0
                    || BenchDatabase.number(connection, GUARANTEED) != IsolationPhase.GUARANTEE) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            return (System.nanoTime() - start) / 1e9;
        } catch (SQLException failure) {
            throw new IllegalStateException("the shares of the guarantee could not be read", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Double.NaN;
        }
    }

    /** Every job that was ever started, in seconds of the epoch. */
    List<Span> spans() throws SQLException {
        List<Span> spans = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SPANS)) {
            while (rows.next()) {
                double started = orNever(rows, 3);
                spans.add(new Span(rows.getString(1).equals("critical"), rows.getDouble(2), started, orNever(rows, 4)));
            }
        }
        return spans;
    }

    private static double orNever(ResultSet rows, int column) throws SQLException {
        double seconds = rows.getDouble(column);
        return rows.wasNull() ? Double.POSITIVE_INFINITY : seconds;
    }
}
