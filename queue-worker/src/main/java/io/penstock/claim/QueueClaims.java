package io.penstock.claim;

import io.penstock.database.Pipeline;
import io.penstock.database.ServerIdentity;
import io.penstock.handover.Horizon;
import io.penstock.job.Attempt;
import io.penstock.job.Priority;
import io.penstock.store.ClaimStore;
import io.penstock.store.ClaimStore.QueueFacts;
import io.penstock.store.ClaimedJob;
import io.penstock.store.Leaf;
import io.penstock.store.Range;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Claims from one queue, level by level whatever segment a job is in; within a level from the segment whose jobs are older.
 * For use by one thread.
 *
 * <p>Each time it visits the segment that enqueuers write to and those in which the last visit found something; all of them
 * when an earlier transaction has ended that may have enqueued long ago, and once a second. As long as that is one segment,
 * a claim is one step of the caller's pipeline. With several, the step looks where the jobs of each begin.
 */
public final class QueueClaims {

    /**
     * What a claim is made with.
     *
     * @param wanted at most so many jobs
     * @param now this process's monotonic clock
     * @param endedBefore attempts, by leaf, that earlier steps of the pipeline end
     */
    public record Request(Horizon horizon, long workerId, int wanted, long now, Map<Leaf, List<Attempt>> endedBefore) {

        /** The same for no job at all. */
        public Request nothing() {
            return new Request(horizon, workerId, 0, now, endedBefore);
        }
    }

    private static final Request NOTHING = new Request(Horizon.NOTHING, 0, 0, 0, Map.of());
    private static final long ALL_SEGMENTS_EVERY = 1_000_000_000L;
    private static final long AGED_EVERY = 1_000_000_000L;
    private static final long LONG_AGO = Long.MIN_VALUE / 2;

    private final int queueId;
    private final LeafFloors[] leaves = new LeafFloors[Leaf.SEGMENTS];
    private final KeyLimit keys;
    private final Paused paused = new Paused();
    private final QueueRate rate;
    private final boolean[] busy = new boolean[Leaf.SEGMENTS];
    private boolean[] visited = new boolean[Leaf.SEGMENTS];
    private @Nullable ServerIdentity server;
    private long connectedAt;
    private final Ceilings ceilings;
    private Request request = NOTHING;
    private Horizon allSeenUnder = Horizon.NOTHING;
    private long lastAll = LONG_AGO;
    /** A segment that is locked by somebody must not keep the jobs of the others: then it is tried once a second only. */
    private long triedAll = LONG_AGO;

    private @Nullable Integer ageing;
    private long agedAt = LONG_AGO;
    private boolean aged;
    private int writeSegment;

    public QueueClaims(int queueId) {
        this.queueId = queueId;
        this.ceilings = new Ceilings(queueId);
        this.keys = new KeyLimit(queueId);
        this.rate = new QueueRate(queueId);
        for (int segment = 0; segment < leaves.length; segment++) {
            leaves[segment] = new LeafFloors(new Leaf(queueId, segment));
        }
    }

    /**
     * Must be called on a new connection before the first claim there. Nothing remembered of positions holds any more: it may
     * be another server, or the same after a crash, whose sequences have gone back.
     */
    public void connected(Connection connection, ServerIdentity current) throws SQLException {
        for (LeafFloors leaf : leaves) {
            leaf.forget();
        }
        Arrays.fill(busy, false);
        lastAll = LONG_AGO;
        triedAll = LONG_AGO;
        allSeenUnder = Horizon.NOTHING;
        server = current;
        connectedAt = System.nanoTime();
        ceilings.read(connection);
        Pipeline pipeline = new Pipeline();
        ClaimStore.queueFacts(pipeline, queueId, this::are); // a rate counts from the first claim on
        pipeline.run(connection);
    }

    private void are(QueueFacts facts) {
        writeSegment = facts.writeSegment();
        ageing = facts.ageing();
        rate.is(facts.rated());
        keys.are(facts.perKey(), facts.keysRated());
        paused.are(facts.paused());
    }

    /**
     * Whether there is nothing to be claimed, nor can anything have come: every leaf was seen to be empty of available jobs, up
     * to the last position that is known to have been drawn, and nobody who may have enqueued below it has ended since.
     */
    public boolean empty(Horizon newest) {
        Horizon horizon = server == null ? Horizon.NOTHING : newest.on(server, connectedAt);
        return horizon.known() && Arrays.stream(leaves).allMatch(leaf -> leaf.empty(horizon));
    }

    /**
     * Adds the first step of a claim to the pipeline. {@link #claimed} follows its run, and {@link #committed} the commit;
     * without that nothing is remembered.
     */
    public void claim(Pipeline pipeline, Connection connection, Request claim) throws SQLException {
        if (server == null) {
            throw new IllegalStateException("queue " + queueId + ": connected() comes before claim()");
        }
        Horizon horizon = claim.horizon().on(server, connectedAt);
        int ofLine = keys.ofLine(rate.take(pipeline, connection, claim.wanted()), claim.now());
        request = new Request(horizon, claim.workerId(), ofLine, claim.now(), claim.endedBefore());
        for (LeafFloors leaf : leaves) {
            leaf.begin(horizon);
        }
        visited = segmentsToVisit();
        Integer milliseconds = ageing;
        aged = milliseconds != null && request.now() - agedAt >= AGED_EVERY;
        if (milliseconds != null && aged) {
            visitedLeaves().forEach(leaf -> leaf.age(pipeline, connection, milliseconds));
        }
        ClaimStore.queueFacts(pipeline, queueId, this::are);
        if (several(visited)) {
            for (int segment = 0; segment < leaves.length; segment++) {
                if (visited[segment]) {
                    leaves[segment].look(pipeline);
                }
            }
        } else {
            leaves[writeSegment].claim(pipeline, connection, request, request.wanted());
        }
    }

    private boolean[] segmentsToVisit() {
        boolean[] visit = busy.clone();
        visit[writeSegment] = true;
        boolean due = request.now() - lastAll >= ALL_SEGMENTS_EVERY
                || request.horizon().reopened(allSeenUnder, queueId) != Long.MAX_VALUE;
        boolean failedBefore = triedAll - lastAll > 0;
        if (due && (!failedBefore || request.now() - triedAll >= ALL_SEGMENTS_EVERY)) {
            triedAll = request.now();
            Arrays.fill(visit, true);
        }
        return visit;
    }

    /** What was claimed, with what the segments that were looked at have. */
    public List<ClaimedJob> claimed(Connection connection) throws SQLException {
        boolean[] lookedAt = several(visited) ? visited.clone() : new boolean[visited.length];
        if (!visited[writeSegment]) { // the queue has been moved on to another segment just now
            visited[writeSegment] = true;
            lookedAt[writeSegment] = true;
            Pipeline pipeline = new Pipeline();
            leaves[writeSegment].look(pipeline);
            pipeline.run(connection);
        }
        claimInOrder(connection, lookedAt);
        List<ClaimedJob> ofLine = paused.sift(
                connection,
                allClaimed(),
                (pipeline, pause) -> visitedLeaves().forEach(leaf -> leaf.parkAhead(pipeline, connection, pause)));
        List<ClaimedJob> admitted = keys.sift(
                connection,
                request.workerId(),
                ofLine,
                (pipeline, full) -> visitedLeaves().forEach(leaf -> leaf.parkAhead(pipeline, connection, full)));
        List<ClaimedJob> claimed = paused.sift(connection, admitted, (pipeline, pause) -> {
            // what was parked for its key and is paused by now: the line has nothing to do with it
        });
        ceilings.raise(connection, claimed);
        rate.used(connection, claimed.size());
        return claimed;
    }

    private Stream<LeafFloors> visitedLeaves() {
        return IntStream.range(0, leaves.length)
                .filter(segment -> visited[segment])
                .mapToObj(segment -> leaves[segment]);
    }

    private List<ClaimedJob> allClaimed() {
        return Arrays.stream(leaves).flatMap(leaf -> leaf.claimed().stream()).toList();
    }

    /** From the segments looked at, always from the one that comes next, up to the level at which another does. */
    private void claimInOrder(Connection connection, boolean[] segments) throws SQLException {
        int wanted = request.wanted() - allClaimed().size();
        for (LeafFloors next = next(segments); next != null && wanted > 0; next = next(segments)) {
            int before = next.claimed().size();
            Pipeline pipeline = new Pipeline();
            next.claimBefore(pipeline, connection, request, limit(segments, next), wanted);
            pipeline.run(connection);
            wanted -= next.claimed().size() - before;
        }
    }

    /** The leaf whose turn it is; null if none has anything. */
    private @Nullable LeafFloors next(boolean[] segments) {
        for (int level = 0; level < Priority.LEVELS; level++) {
            LeafFloors first = firstAt(segments, level);
            if (first != null) {
                return first;
            }
        }
        return null;
    }

    private @Nullable LeafFloors firstAt(boolean[] segments, int level) {
        LeafFloors first = null;
        for (int segment = 0; segment < leaves.length; segment++) {
            long position = segments[segment] ? leaves[segment].first(level) : Long.MAX_VALUE;
            if (position < (first == null ? Long.MAX_VALUE : first.first(level))) {
                first = leaves[segment];
            }
        }
        return first;
    }

    /** The level before which this leaf may be claimed from: at that one, or from that one on, another's jobs come next. */
    private int limit(boolean[] segments, LeafFloors leaf) {
        for (int level = 0; level < Priority.LEVELS; level++) {
            for (int segment = 0; segment < leaves.length; segment++) {
                if (segments[segment] && leaves[segment] != leaf && leaves[segment].first(level) != Long.MAX_VALUE) {
                    return leaf.equals(firstAt(segments, level)) ? level + 1 : level;
                }
            }
        }
        return Priority.LEVELS;
    }

    private static boolean several(boolean[] segments) {
        int count = 0;
        for (boolean segment : segments) {
            count += segment ? 1 : 0;
        }
        return count > 1;
    }

    /** The transaction of the last claim has committed. */
    public void committed() {
        boolean all = true;
        for (int segment = 0; segment < leaves.length; segment++) {
            if (visited[segment]) {
                busy[segment] = leaves[segment].committed(request.now());
            }
            all &= visited[segment];
        }
        if (all) {
            lastAll = request.now();
            allSeenUnder = request.horizon();
        }
        ceilings.committed();
        keys.committed(request.now());
        agedAt = aged ? request.now() : agedAt;
    }

    /** How long it is until the queue's rate lets more be claimed than the last claim; zero if that is not what keeps it from that. */
    public Duration untilRateAllows() {
        return rate.untilNext();
    }

    /** Whether the last claim left permits because jobs were parked, and another may find jobs for them. */
    public boolean again() {
        return keys.again() || paused.parked();
    }

    /**
     * Gives back what an unanswered commit may have claimed: everything of the worker's here that is not known.
     *
     * @param floors of a leaf, below which no job is
     */
    public int releaseOrphans(Connection connection, long workerId, Set<UUID> known, Function<Leaf, long[]> floors)
            throws SQLException {
        long[] levels = ceilings.read(connection);
        int released = 0;
        for (int segment = 0; segment < Leaf.SEGMENTS; segment++) {
            Leaf leaf = new Leaf(queueId, segment);
            released +=
                    ClaimStore.releaseOrphans(connection, leaf, workerId, new Range(floors.apply(leaf), levels), known);
        }
        return released;
    }
}
