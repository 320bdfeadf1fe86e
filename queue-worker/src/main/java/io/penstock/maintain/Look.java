package io.penstock.maintain;

import io.penstock.connect.Link;
import io.penstock.store.FloorStore;
import io.penstock.store.FloorStore.Watched;
import io.penstock.store.WorkerStore;
import io.penstock.store.WorkerStore.WorkerSeen;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What one turn of maintenance sees, in one transaction: all that a system at rest is asked.
 *
 * @param connection the number of the connection that it was read on
 * @param at this process's monotonic clock before it was read
 */
record Look(int connection, long at, Watched watched, List<WorkerSeen> others) {

    static final Look NOTHING = new Look(0, 0, Watched.NOTHING, List.of());

    /**
     * Reads it.
     *
     * @param self the worker that looks
     * @param dueFloors by queue id: up to that time nothing waits there
     */
    static Look take(Link link, long self, Map<Integer, Long> dueFloors) throws SQLException {
        int connection = link.opened();
        long at = System.nanoTime();
        return link.inTransaction(
                open -> new Look(connection, at, FloorStore.watch(open, dueFloors), WorkerStore.others(open, self)));
    }

    boolean taken() {
        return connection > 0;
    }

    /** How long it is until the next job that waits is due. One that was due is being promoted, or held by somebody. */
    long untilDue(long now) {
        long clock = watched.drawn().clock();
        long afterLook = watched.due().values().stream()
                .mapToLong(due -> due > clock ? TimeUnit.MICROSECONDS.toNanos(due - clock) : Pace.SHORTEST)
                .min()
                .orElse(Long.MAX_VALUE);
        return afterLook - (now - at);
    }
}
