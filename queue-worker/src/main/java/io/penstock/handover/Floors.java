package io.penstock.handover;

import io.penstock.database.ServerIdentity;
import io.penstock.job.Priority;
import java.util.Arrays;

/**
 * For each level of one leaf, a position up to which there is nothing of some kind, as seen under a horizon. A later
 * horizon may reopen some of it; a look from there moves the floors up again. Immutable.
 */
public final class Floors {

    public static final Floors NONE = new Floors(new long[Priority.LEVELS], Horizon.NOTHING);

    private final long[] levels;
    private final Horizon seen;

    private Floors(long[] levels, Horizon seen) {
        this.levels = levels;
        this.seen = seen;
    }

    /** Whether they hold for a connection to that server opened then. */
    public boolean heldOn(ServerIdentity server, long connectedAt) {
        return seen.on(server, connectedAt).known();
    }

    /** By level; not to be changed. */
    public long[] levels() {
        return levels;
    }

    /** What still holds of these under a newer horizon. */
    public Floors under(Horizon horizon, int queueId) {
        if (!horizon.known()) {
            return this;
        }
        long reopened = horizon.reopened(seen, queueId);
        return new Floors(
                Arrays.stream(levels).map(floor -> Math.min(floor, reopened)).toArray(), horizon);
    }

    /**
     * Moved up to just below what a look from these floors found, but not beyond what had been drawn when their horizon was
     * taken. The look's snapshot must be later than the horizon.
     *
     * @param lowest by level
     */
    public Floors raised(long[] lowest, int queueId) {
        long drawn = seen.drawn().position(queueId);
        long[] raised = new long[levels.length];
        for (int level = 0; level < raised.length; level++) {
            raised[level] = Math.max(levels[level], Math.min(lowest[level] - 1, drawn));
        }
        return new Floors(raised, seen);
    }
}
