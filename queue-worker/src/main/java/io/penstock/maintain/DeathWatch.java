package io.penstock.maintain;

import io.penstock.job.Limits;
import io.penstock.store.WorkerStore.WorkerSeen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides from repeated looks which workers are lost. Pure: the time is passed in, and it is this process's own monotonic
 * clock, so neither a clock that is wrong nor one that jumps in a failover takes a living worker for dead.
 *
 * <p>Lost is who has not beaten for its lease; or for {@link Limits#DEATH_NOTICE}, if its session was gone all the while.
 */
final class DeathWatch {

    private record Seen(long heartbeats, long since, long goneSince) {}

    /** Longer than this between two looks, and what was seen before them says nothing. */
    private static final long BLIND = Limits.LEASE.toNanos() / 3;

    private static final long LATE = 3 * Limits.HEARTBEAT.toNanos();

    private static final long NOT_GONE = Long.MIN_VALUE;

    private final Map<Long, Seen> seen = new HashMap<>();
    private long lastLook;

    /** The workers that are to be fenced, as of this look. */
    List<WorkerSeen> lost(List<WorkerSeen> workers, long nanoTime) {
        if (nanoTime - lastLook > BLIND) {
            seen.clear(); // while nobody could look, nobody could beat either
        }
        lastLook = nanoTime;
        List<WorkerSeen> lost = new ArrayList<>();
        Set<Long> present = new HashSet<>();
        for (WorkerSeen worker : workers) {
            if (!worker.lost()) {
                present.add(worker.workerId());
                Seen now = look(worker, nanoTime);
                seen.put(worker.workerId(), now);
                boolean hung = nanoTime - now.since() >= worker.lease().toNanos();
                boolean dead =
                        now.goneSince() != NOT_GONE && nanoTime - now.goneSince() >= Limits.DEATH_NOTICE.toNanos();
                if (hung || dead) {
                    lost.add(worker);
                }
            }
        }
        seen.keySet().retainAll(present);
        return lost;
    }

    /** Whether a worker was last seen without its session, or without a beat for longer than beats take. */
    boolean suspects() {
        return seen.values().stream()
                .anyMatch(worker -> worker.goneSince() != NOT_GONE || lastLook - worker.since() > LATE);
    }

    private Seen look(WorkerSeen worker, long nanoTime) {
        Seen before = seen.get(worker.workerId());
        if (before == null || before.heartbeats() != worker.heartbeats()) {
            return new Seen(worker.heartbeats(), nanoTime, worker.sessionGone() ? nanoTime : NOT_GONE);
        }
        long goneSince =
                worker.sessionGone() ? (before.goneSince() == NOT_GONE ? nanoTime : before.goneSince()) : NOT_GONE;
        return new Seen(before.heartbeats(), before.since(), goneSince);
    }
}
