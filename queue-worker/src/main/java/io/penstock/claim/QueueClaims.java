package io.penstock.claim;

import io.penstock.database.Pipeline;
import io.penstock.database.ServerIdentity;
import io.penstock.handover.Settled;
import io.penstock.job.Attempt;
import io.penstock.job.Limits;
import io.penstock.store.ClaimStore;
import io.penstock.store.ClaimedJob;
import io.penstock.store.Leaf;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Claims from one queue. Each time it visits the segment that gave the newest job and those in which the last visit found
 * something; once a second all of them, since an enqueue may commit into one that it chose long ago. For use by one
 * thread.
 */
public final class QueueClaims {

    /**
     * What a claim is made with.
     *
     * @param wanted at most so many jobs
     * @param now this process's monotonic clock
     * @param endedBefore attempts, by leaf, that earlier steps of the pipeline end
     */
    public record Request(Settled settled, long workerId, int wanted, long now, Map<Leaf, List<Attempt>> endedBefore) {}

    private static final Request NOTHING = new Request(Settled.NOTHING, 0, 0, 0, Map.of());
    private static final long ALL_SEGMENTS_EVERY = 1_000_000_000L;

    private final int queueId;
    private final LeafFloors[] leaves = new LeafFloors[Leaf.SEGMENTS];
    private final boolean[] busy = new boolean[Leaf.SEGMENTS];
    private final boolean[] visited = new boolean[Leaf.SEGMENTS];
    private @Nullable ServerIdentity server;
    private long connectedAt;
    private long[] ceilings = {};
    private long[] pendingCeilings = {};
    private List<ClaimedJob> found = List.of();
    private Request request = NOTHING;
    private long lastAll = Long.MIN_VALUE / 2;
    private int current;

    public QueueClaims(int queueId) {
        this.queueId = queueId;
        for (int segment = 0; segment < leaves.length; segment++) {
            leaves[segment] = new LeafFloors(new Leaf(queueId, segment));
        }
        Arrays.fill(busy, true);
    }

    /**
     * Must be called on a new connection before the first claim there. Nothing remembered of positions holds any more: it may
     * be another server, or the same after a crash, whose sequences have gone back.
     */
    public void connected(Connection connection, ServerIdentity current) throws SQLException {
        for (LeafFloors leaf : leaves) {
            leaf.forget();
        }
        Arrays.fill(busy, true);
        server = current;
        connectedAt = System.nanoTime();
        ceilings = ClaimStore.ceilings(connection, queueId);
    }

    /**
     * Adds a claim from the segment in use to the pipeline. {@link #claimed} follows its run, and {@link #committed} the
     * commit; without that nothing is remembered.
     */
    public void claim(Pipeline pipeline, Connection connection, Request claim) {
        request = claim;
        Arrays.fill(visited, false);
        visit(pipeline, connection, current, claim.wanted());
    }

    /** What was claimed, with what other segments have if it is time to look into them. */
    public List<ClaimedJob> claimed(Connection connection) throws SQLException {
        boolean all = request.now() - lastAll >= ALL_SEGMENTS_EVERY;
        List<ClaimedJob> claimed = new ArrayList<>(leaves[current].claimed());
        for (int segment = 0; segment < leaves.length; segment++) {
            if (!visited[segment] && (all || busy[segment]) && claimed.size() < request.wanted()) {
                Pipeline pipeline = new Pipeline();
                visit(pipeline, connection, segment, request.wanted() - claimed.size());
                pipeline.run(connection);
                claimed.addAll(leaves[segment].claimed());
            }
        }
        raiseCeilings(connection, claimed);
        found = claimed;
        return claimed;
    }

    private void visit(Pipeline pipeline, Connection connection, int segment, int wanted) {
        if (server == null) {
            throw new IllegalStateException("queue " + queueId + ": connected() comes before claim()");
        }
        visited[segment] = true;
        long settled = request.settled().position(server, queueId, connectedAt);
        leaves[segment].claim(pipeline, connection, request, settled, wanted);
    }

    /** Before the commit: no running row may ever lie above its ceiling. */
    private void raiseCeilings(Connection connection, List<ClaimedJob> claimed) throws SQLException {
        pendingCeilings = ceilings.clone();
        for (ClaimedJob job : claimed) {
            if (job.position() > pendingCeilings[job.priority()]) {
                pendingCeilings[job.priority()] = ClaimStore.raiseCeiling(
                        connection, queueId, job.priority(), job.position() + Limits.CEILING_STEP);
            }
        }
    }

    /** The transaction of the last claim has committed. */
    public void committed() {
        boolean all = true;
        for (int segment = 0; segment < leaves.length; segment++) {
            if (visited[segment]) {
                leaves[segment].committed(request.now());
                busy[segment] = false;
            } else {
                all = false;
            }
        }
        for (ClaimedJob job : found) {
            current = job.leaf().segment();
            busy[current] = true;
        }
        if (all) {
            lastAll = request.now();
        }
        ceilings = pendingCeilings;
    }

    /** Gives back what an unanswered commit may have claimed: everything of the worker's here that is not known. */
    public int releaseOrphans(Connection connection, long workerId, Set<UUID> known) throws SQLException {
        ceilings = ClaimStore.ceilings(connection, queueId);
        int released = 0;
        for (int segment = 0; segment < Leaf.SEGMENTS; segment++) {
            released += ClaimStore.releaseOrphans(connection, new Leaf(queueId, segment), workerId, ceilings, known);
        }
        return released;
    }
}
