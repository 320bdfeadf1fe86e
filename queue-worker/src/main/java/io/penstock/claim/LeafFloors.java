package io.penstock.claim;

import io.penstock.claim.QueueClaims.Request;
import io.penstock.database.Pipeline;
import io.penstock.handover.Floors;
import io.penstock.handover.Horizon;
import io.penstock.job.Attempt;
import io.penstock.job.PauseScope;
import io.penstock.job.Priority;
import io.penstock.store.ClaimStore;
import io.penstock.store.ClaimStore.Claim;
import io.penstock.store.ClaimedJob;
import io.penstock.store.FloorStore;
import io.penstock.store.KeyStore;
import io.penstock.store.Leaf;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Claims from one leaf, above the floors of its levels.
 *
 * <p>Two floors per level. The <em>fast</em> floor is the last position claimed: a busy leaf claims from there and reads
 * nothing twice. What commits late, below it, is found by claiming from the <em>safe</em> floor, below which no job is
 * available, nor can appear but where the {@link Horizon} says so: whenever the last claim was not full, and at least every
 * {@link #SWEEP_EVERY}.
 *
 * <p>Why the safe floor is safe. It moves to just below the lowest available job, seen without regard to locks, in a
 * snapshot later than the horizon. A job that leaves the state available by a committed claim never comes back to its
 * position: rescue, release, retry and promotion draw new ones. A claim that is rolled back was never seen as claimed.
 */
final class LeafFloors {

    static final long SWEEP_EVERY = 100_000_000L;

    private static final long[] NOTHING = nothing();

    private final Leaf leaf;
    private final long[] fast = new long[Priority.LEVELS];
    private Floors safe = Floors.NONE;
    private long lastSweep;
    private boolean lastWasFull;

    // what the transaction under way would make of it
    private Floors pendingSafe = safe;
    private boolean swept;
    private boolean full;
    private long[] lowest = NOTHING;
    private final List<ClaimedJob> claimed = new ArrayList<>();

    LeafFloors(Leaf leaf) {
        this.leaf = leaf;
    }

    private static long[] nothing() {
        long[] nothing = new long[Priority.LEVELS];
        Arrays.fill(nothing, Long.MAX_VALUE);
        return nothing;
    }

    /** Whether there is no available job up to what has been drawn. */
    boolean empty(Horizon horizon) {
        long drawn = horizon.drawn().position(leaf.queueId());
        return Arrays.stream(safe.under(horizon, leaf.queueId()).levels()).allMatch(floor -> floor >= drawn);
    }

    /** Must come before the looks and claims of a transaction. */
    void begin(Horizon horizon) {
        pendingSafe = safe.under(horizon, leaf.queueId());
        swept = false;
        full = false;
        lowest = NOTHING;
        claimed.clear();
    }

    /** Adds a look to the pipeline for where the jobs of each level begin; {@link #first} is its result. */
    void look(Pipeline pipeline) {
        swept = true;
        FloorStore.lowestAvailable(pipeline, leaf, pendingSafe.levels(), found -> {
            lowest = found;
            pendingSafe = pendingSafe.raised(found, leaf.queueId());
        });
    }

    /** The position of the first job of a level that is not claimed yet; {@link Long#MAX_VALUE} if there is none. */
    long first(int level) {
        return lowest[level];
    }

    /** Adds a claim of any level to the pipeline, and a look for higher floors where one is due. */
    void claim(Pipeline pipeline, Connection connection, Request request, int wanted) {
        long[] floors = fast;
        if (!lastWasFull || request.now() - lastSweep >= SWEEP_EVERY) {
            floors = pendingSafe.levels();
            look(pipeline);
        }
        claim(pipeline, connection, request, floors, evenly(wanted));
    }

    /** Adds a claim of the levels before the one given, which were looked at. They have nothing more to look for then. */
    void claimBefore(Pipeline pipeline, Connection connection, Request request, int level, int wanted) {
        long[] floors = new long[Priority.LEVELS];
        int[] wantedByLevel = evenly(wanted);
        for (int each = 0; each < floors.length; each++) {
            floors[each] = lowest[each] - 1;
            if (each >= level || lowest[each] == Long.MAX_VALUE) {
                wantedByLevel[each] = 0;
            } else {
                lowest[each] = Long.MAX_VALUE;
            }
        }
        claim(pipeline, connection, request, floors, wantedByLevel);
    }

    /** Adds to the pipeline that jobs are moved up which have waited too long for their level. */
    void age(Pipeline pipeline, Connection connection, int milliseconds) {
        ClaimStore.age(pipeline, connection, leaf, pendingSafe.levels(), milliseconds);
    }

    /** Adds to the pipeline that jobs of some keys are parked which come next. */
    void parkAhead(Pipeline pipeline, Connection connection, Set<String> keys) {
        KeyStore.parkAhead(pipeline, connection, leaf, pendingSafe.levels(), keys);
    }

    /** Adds to the pipeline that what is paused is parked of the jobs which come next. */
    void parkAhead(Pipeline pipeline, Connection connection, PauseScope pause) {
        KeyStore.parkAhead(pipeline, connection, leaf, pendingSafe.levels(), pause);
    }

    private void claim(Pipeline pipeline, Connection connection, Request request, long[] floors, int[] wanted) {
        List<Attempt> endedBefore = request.endedBefore().getOrDefault(leaf, List.of());
        Claim claim = new Claim(request.workerId(), floors, wanted, endedBefore);
        int most = Arrays.stream(wanted).max().orElse(0);
        ClaimStore.claim(pipeline, connection, leaf, claim, jobs -> {
            claimed.addAll(jobs);
            full = jobs.size() >= most;
        });
    }

    private static int[] evenly(int wanted) {
        int[] each = new int[Priority.LEVELS];
        Arrays.fill(each, wanted);
        return each;
    }

    /** What this transaction took, once its pipelines have run. */
    List<ClaimedJob> claimed() {
        return claimed;
    }

    /** The transaction has committed. Answers whether there may be more to claim at once. */
    boolean committed(long now) {
        lastWasFull = full;
        safe = pendingSafe;
        if (swept) {
            lastSweep = now;
        }
        for (ClaimedJob job : claimed) {
            fast[job.priority()] = Math.max(fast[job.priority()], job.position());
        }
        return !claimed.isEmpty() || !Arrays.equals(lowest, NOTHING);
    }

    /** Another server, or the same after a restart: nothing remembered of positions holds. */
    void forget() {
        Arrays.fill(fast, 0);
        safe = Floors.NONE;
        pendingSafe = safe;
        lastWasFull = false;
    }
}
