package io.penstock.examples.benchmarks;

import io.penstock.database.Pipeline;
import io.penstock.job.Attempt;
import io.penstock.job.Limits;
import io.penstock.job.Priority;
import io.penstock.store.ClaimStore;
import io.penstock.store.ClaimStore.Claim;
import io.penstock.store.ClaimedJob;
import io.penstock.store.CompletionStore;
import io.penstock.store.Ending;
import io.penstock.store.Leaf;
import io.penstock.store.WorkerStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * A queue drained by the worker's own statements and nothing else: a loop on one connection sends the completion of the last
 * batch and the claim of the next in one round trip, then commits. No handlers, threads, permits, limits of transactions,
 * heart-beat or maintenance. What the planner may use is set once for the session, as the worker sets it each time.
 */
final class LimitDrain {

    private static final String PLANNER = "SET enable_seqscan = off; SET enable_bitmapscan = off; SET jit = off";

    private final Connection connection;
    private final int batch;
    private final long workerId;
    private final List<Ending> ended = new ArrayList<>();
    private long count;

    private LimitDrain(Connection connection, int batch) throws SQLException {
        this.connection = connection;
        this.batch = batch;
        this.workerId = WorkerStore.register(connection, "limit", Limits.LEASE);
        connection.setAutoCommit(false);
    }

    /** Jobs per second with so many connections at once. */
    static double run(DrainQueue queue, int connections, int batch) throws Exception {
        return Clients.sum(connections, () -> queue.database().connect(), connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(PLANNER);
            }
            LimitDrain drain = new LimitDrain(connection, batch);
            for (int segment = 0; segment < Leaf.SEGMENTS; segment++) {
                drain.leaf(new Leaf(queue.id(), segment));
            }
            WorkerStore.remove(connection, drain.workerId);
            connection.commit();
            return drain.count;
        });
    }

    /** From a floor, as the worker claims; nothing commits late here, so the last position is always good. */
    private void leaf(Leaf leaf) throws SQLException {
        long[] floors = new long[Priority.LEVELS];
        do {
            for (ClaimedJob job : round(leaf, floors)) {
                floors[job.priority()] = Math.max(floors[job.priority()], job.position());
                ended.add(Ending.completed(job.attempt()));
            }
        } while (!ended.isEmpty());
    }

    /** Completes what it can of the last batch: a row that the other connection's claim has just met is its for a moment. */
    private List<ClaimedJob> round(Leaf leaf, long[] floors) throws SQLException {
        Pipeline pipeline = new Pipeline();
        Set<UUID> completed = new HashSet<>();
        List<ClaimedJob> claimed = new ArrayList<>();
        List<Attempt> endedBefore = ended.stream().map(Ending::attempt).toList();
        if (!ended.isEmpty()) {
            CompletionStore.finish(pipeline, connection, leaf, ended, completed::addAll);
        }
        ClaimStore.claim(pipeline, connection, leaf, new Claim(workerId, floors, batch, endedBefore), claimed::addAll);
        pipeline.run(connection);
        connection.commit();
        count += completed.size();
        ended.removeIf(ending -> completed.contains(ending.attempt().jobId()));
        return claimed;
    }
}
