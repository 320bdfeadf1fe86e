package io.penstock.claim;

import io.penstock.claim.QueueClaims.Request;
import io.penstock.database.Pipeline;
import io.penstock.job.Attempt;
import io.penstock.job.Priority;
import io.penstock.store.ClaimStore;
import io.penstock.store.ClaimStore.Claim;
import io.penstock.store.ClaimedJob;
import io.penstock.store.FloorStore;
import io.penstock.store.Leaf;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;

/**
 * Claims from one leaf, above the floors of its levels.
 *
 * <p>Two floors per level. The <em>fast</em> floor is the last position claimed: a busy leaf claims from there and reads
 * nothing twice. What commits late, below it, is found by claiming from the <em>safe</em> floor, below which no job can
 * be available now or appear later: whenever the last claim was not full, and at least every {@link #SWEEP_EVERY}.
 *
 * <p>Why the safe floor is safe. It moves to just below the lowest available job, seen without regard to locks, in a
 * snapshot taken after every transaction that could have drawn a lower position had ended. A job that leaves the state
 * available by a committed claim never comes back to its position: rescue, release, retry and promotion draw new ones. A
 * claim that is rolled back was never seen as claimed.
 */
final class LeafFloors {

    static final long SWEEP_EVERY = 100_000_000L;

    private final Leaf leaf;
    private final long[] fast = new long[Priority.LEVELS];
    private long[] safe = new long[Priority.LEVELS];
    private long settledSeen;
    private long lastSweep;
    private boolean lastWasFull;

    // what the transaction under way would make of it
    private long[] pendingSafe = safe;
    private long pendingSettled;
    private boolean swept;
    private boolean full;
    private List<ClaimedJob> claimed = List.of();

    LeafFloors(Leaf leaf) {
        this.leaf = leaf;
    }

    /** Adds a claim to the pipeline, and a look for higher floors where one is due; {@link #claimed} is its result. */
    void claim(Pipeline pipeline, Connection connection, Request request, long settled, int wanted) {
        swept = !lastWasFull || request.now() - lastSweep >= SWEEP_EVERY;
        pendingSafe = safe;
        pendingSettled = settled;
        claimed = List.of();
        if (swept && pendingSettled > settledSeen) {
            long[] floors = safe;
            FloorStore.lowestAvailable(pipeline, leaf, floors, pendingSettled, lowest -> raise(floors, lowest));
        }
        List<Attempt> endedBefore = request.endedBefore().getOrDefault(leaf, List.of());
        Claim claim = new Claim(request.workerId(), swept ? safe : fast, wanted, endedBefore);
        ClaimStore.claim(pipeline, connection, leaf, claim, jobs -> {
            claimed = jobs;
            full = jobs.size() >= wanted;
        });
    }

    private void raise(long[] floors, long[] lowest) {
        pendingSafe = new long[Priority.LEVELS];
        for (int level = 0; level < pendingSafe.length; level++) {
            pendingSafe[level] = Math.max(floors[level], lowest[level] - 1);
        }
    }

    /** What the last claim took, once its pipeline has run. */
    List<ClaimedJob> claimed() {
        return claimed;
    }

    /** The transaction of the last claim has committed. */
    void committed(long now) {
        lastWasFull = full;
        if (swept) {
            lastSweep = now;
            safe = pendingSafe;
            settledSeen = Math.max(settledSeen, pendingSettled);
        }
        for (ClaimedJob job : claimed) {
            fast[job.priority()] = Math.max(fast[job.priority()], job.position());
        }
    }

    /** Another server, or the same after a restart: nothing remembered of positions holds. */
    void forget() {
        Arrays.fill(fast, 0);
        safe = new long[Priority.LEVELS];
        settledSeen = 0;
        lastWasFull = false;
    }
}
