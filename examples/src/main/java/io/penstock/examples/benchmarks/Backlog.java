package io.penstock.examples.benchmarks;

import io.penstock.JobQueue;
import io.penstock.database.Pipeline;
import io.penstock.database.Session;
import io.penstock.database.Work;
import io.penstock.examples.benchmarks.BacklogBenchmark.Size;
import io.penstock.job.Attempt;
import io.penstock.job.Enqueued;
import io.penstock.job.Limits;
import io.penstock.job.Priority;
import io.penstock.job.QueueDefinition;
import io.penstock.objective.LatencyObjective;
import io.penstock.store.ClaimStore;
import io.penstock.store.ClaimStore.Claim;
import io.penstock.store.ClaimedJob;
import io.penstock.store.CompletionStore;
import io.penstock.store.DepthStore;
import io.penstock.store.FloorStore;
import io.penstock.store.Leaf;
import io.penstock.store.PromotionStore;
import io.penstock.store.SampleStore;
import io.penstock.store.WorkerStore;
import io.penstock.testkit.DatabaseServer;
import io.penstock.transaction.TransactionLimits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** One backlog in a database of its own, and the steps that are timed beside it. Leaves it as large as it was. */
final class Backlog implements AutoCloseable {

    /** What is timed. */
    enum Step {
        CLAIM,
        PROMOTE,
        SAMPLE,
        LOOK,
        ENQUEUE_1,
        ENQUEUE_100;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String QUEUE = "backlog";
    private static final int CLAIMED = 100;
    private static final int DUE = 300;
    /** As the admin endpoint has it. */
    private static final int DEPTH_CAP = 10_001;

    private final Size size;
    private final BenchDatabase database;
    private final JobQueue jobQueue;
    private final Session session;
    /** As an enqueuing service has it: in autocommit, and kept. */
    private final Connection host;

    private final Leaf leaf;
    private final long workerId;
    private final long[] floors = new long[Priority.LEVELS];

    private Backlog(Size size, BenchDatabase database, Leaf leaf) throws SQLException {
        this.size = size;
        this.database = database;
        this.leaf = leaf;
        this.jobQueue = database.jobQueue();
        this.session = Session.open(database.dataSource(), TransactionLimits.DEFAULT);
        this.host = database.connect();
        this.workerId = session.inTransaction(connection -> WorkerStore.register(connection, "backlog", Limits.LEASE));
    }

    static Backlog build(DatabaseServer server, Size size) throws SQLException {
        BenchDatabase database = BenchDatabase.create(server, "backlog_" + size);
        try {
            database.jobQueue().declare(QueueDefinition.of(QUEUE, 0, CLAIMED, 1));
            database.jobQueue().declareObjectives(LatencyObjective.of(QUEUE, Duration.ofDays(30), 0.99));
            int queueId = (int) database.number("SELECT queue_id FROM penstock.queue");
            int segment = (int) database.number("SELECT write_segment FROM penstock.queue");
            BacklogRows.write(database, queueId, segment, size.rows());
            database.checkpoint();
            return new Backlog(size, database, new Leaf(queueId, segment));
        } catch (SQLException | RuntimeException failure) {
            database.close();
            throw failure;
        }
    }

    Size size() {
        return size;
    }

    double milliseconds(Step step) throws SQLException {
        return switch (step) {
            case CLAIM -> claim();
            case PROMOTE -> promote();
            case SAMPLE -> timed(connection -> DepthStore.depth(connection, leaf.queueId(), DEPTH_CAP));
            case LOOK -> timed(this::look);
            case ENQUEUE_1 -> enqueue(1);
            case ENQUEUE_100 -> enqueue(CLAIMED);
        };
    }

    /** What the watch asks of one queue with an objective, of which no job is late. */
    private int look(Connection connection) throws SQLException {
        long[] depth = {0};
        Pipeline pipeline = new Pipeline();
        for (int segment = 0; segment < Leaf.SEGMENTS; segment++) {
            Leaf each = new Leaf(leaf.queueId(), segment);
            SampleStore.look(
                    pipeline,
                    each,
                    new long[Priority.LEVELS],
                    0L,
                    seen -> depth[0] += seen.depth().depth());
        }
        pipeline.run(connection);
        SampleStore.oldestWaiting(connection, Map.of(leaf.queueId(), 0L));
        return (int) depth[0];
    }

    private double claim() throws SQLException {
        List<ClaimedJob> claimed = new ArrayList<>();
        long start = System.nanoTime();
        session.inTransaction((connection, pipeline) -> {
            Claim claim = new Claim(workerId, floors, CLAIMED, List.of());
            ClaimStore.claim(pipeline, connection, leaf, claim, claimed::addAll);
            pipeline.run(connection);
            return claimed;
        });
        double milliseconds = (System.nanoTime() - start) / 1e6;
        expect("claimed", CLAIMED, claimed.size());
        claimed.forEach(job -> floors[job.priority()] = Math.max(floors[job.priority()], job.position()));
        List<Attempt> attempts = claimed.stream().map(ClaimedJob::attempt).toList();
        session.inTransaction(connection -> CompletionStore.release(connection, leaf, attempts));
        return milliseconds;
    }

    private double promote() throws SQLException {
        UUID[] due = BacklogRows.due(database, leaf.queueId(), DUE);
        double milliseconds = timed(connection -> {
            FloorStore.watch(connection, Map.of(leaf.queueId(), 0L));
            int promoted = PromotionStore.promote(connection, leaf.queueId(), 0, Limits.PROMOTION_BATCH);
            expect("promoted", DUE, promoted);
            return promoted;
        });
        remove(due);
        return milliseconds;
    }

    private double enqueue(int count) throws SQLException {
        long start = System.nanoTime();
        List<Enqueued> enqueued = jobQueue.enqueue(host, Tasks.batch(QUEUE, 0, count));
        double milliseconds = (System.nanoTime() - start) / 1e6;
        remove(enqueued.stream().map(Enqueued::id).toArray(UUID[]::new));
        return milliseconds;
    }

    private double timed(Work<Integer> work) throws SQLException {
        long start = System.nanoTime();
        session.inTransaction(work);
        return (System.nanoTime() - start) / 1e6;
    }

    private void remove(UUID[] ids) throws SQLException {
        session.inTransaction(connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("DELETE FROM penstock.live WHERE id = ANY (?)")) {
                statement.setArray(1, connection.createArrayOf("uuid", ids));
                expect("removed", ids.length, statement.executeUpdate());
                return ids.length;
            }
        });
    }

    private void expect(String what, int expected, int was) {
        if (was != expected) {
            throw new IllegalStateException(
                    "backlog " + size + ": expected " + expected + " jobs " + what + ", was " + was);
        }
    }

    @Override
    public void close() throws SQLException {
        session.close();
        host.close();
        database.close();
    }
}
