package io.penstock.maintain;

import io.penstock.connect.Link;
import io.penstock.job.Limits;
import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent.JobsRescued;
import io.penstock.observe.WorkerEvent.WorkerLost;
import io.penstock.store.ClaimStore;
import io.penstock.store.Leaf;
import io.penstock.store.QueueStore;
import io.penstock.store.QueueStore.StoredQueue;
import io.penstock.store.Range;
import io.penstock.store.WorkerStore;
import io.penstock.store.WorkerStore.WorkerSeen;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Fences lost workers and makes their jobs available again.
 *
 * <p>First the fence, then the rescue, each committed: a claim that starts after the fence finds its worker lost and takes
 * nothing. One that was on its way when the fence fell may still commit; so a lost worker's jobs are looked for again, by
 * every worker, until such a claim must long have ended by its own limits. Only then is its row removed.
 */
final class Rescuer {

    private static final long LOOK_AGAIN_EVERY = 3_000_000_000L;

    private final Link link;
    private final Events events;
    private final IntConsumer woken;
    private final SegmentKeeper segments;
    private final DeathWatch watch = new DeathWatch();
    private final Map<Long, Long> lastRescue = new HashMap<>();

    Rescuer(Link link, Events events, IntConsumer woken, SegmentKeeper segments) {
        this.link = link;
        this.events = events;
        this.woken = woken;
        this.segments = segments;
    }

    /** What fails for one worker is tried again at the next turn, and keeps the others from nothing. */
    void run(Look look) throws SQLException {
        List<WorkerSeen> workers = look.others();
        long nanoTime = look.at();
        Failures failures = new Failures();
        for (WorkerSeen worker : watch.lost(workers, nanoTime)) {
            failures.collect(() -> {
                if (link.inTransaction(connection -> WorkerStore.fence(connection, worker))) {
                    events.tell(new WorkerLost(worker.name(), worker.workerId(), worker.sessionGone()));
                    rescue(worker, nanoTime);
                }
            });
        }
        for (WorkerSeen worker : workers) {
            if (worker.lost()) {
                failures.collect(() -> bury(worker, nanoTime));
            }
        }
        failures.throwFirst();
    }

    /** Whether a worker is lost, or may be: then the next look is not to wait. */
    boolean watchful() {
        return watch.suspects() || !lastRescue.isEmpty();
    }

    /** The row goes when a claim under way must have ended, and no row names the worker: one may have been locked so far. */
    private void bury(WorkerSeen worker, long nanoTime) throws SQLException {
        Long last = lastRescue.get(worker.workerId());
        if (last == null || nanoTime - last >= LOOK_AGAIN_EVERY) {
            rescue(worker, nanoTime);
        }
        if (worker.sinceLost().compareTo(Limits.LOST_WORKER_WATCH) > 0 && !stillOwns(worker)) {
            link.inTransaction(connection -> {
                WorkerStore.remove(connection, worker.workerId());
                return worker;
            });
            lastRescue.remove(worker.workerId());
        }
    }

    /** Each leaf in a transaction of its own: one that is locked keeps the others' jobs from nobody. */
    private void rescue(WorkerSeen worker, long nanoTime) throws SQLException {
        String failure = "{\"error\":\"worker lost\",\"message\":\"worker number " + worker.workerId()
                + " was lost while it ran this attempt\"}";
        Failures failures = new Failures();
        int[] rescued = {0};
        for (Leaf leaf : leaves()) {
            failures.collect(() -> {
                int ofLeaf = link.inTransaction(connection ->
                        WorkerStore.rescue(connection, leaf, range(connection, leaf), worker.workerId(), failure));
                if (ofLeaf > 0) {
                    woken.accept(leaf.queueId());
                    rescued[0] += ofLeaf;
                }
            });
        }
        if (rescued[0] > 0) {
            events.tell(new JobsRescued(worker.workerId(), rescued[0]));
        }
        failures.throwFirst();
        lastRescue.put(worker.workerId(), nanoTime);
    }

    private boolean stillOwns(WorkerSeen worker) throws SQLException {
        for (Leaf leaf : leaves()) {
            if (link.inTransaction(
                    connection -> WorkerStore.owns(connection, leaf, range(connection, leaf), worker.workerId()))) {
                return true;
            }
        }
        return false;
    }

    private Range range(Connection connection, Leaf leaf) throws SQLException {
        return new Range(
                segments.floors(leaf, link.server(), link.openedAt()), ClaimStore.ceilings(connection, leaf.queueId()));
    }

    private List<Leaf> leaves() throws SQLException {
        List<Leaf> leaves = new ArrayList<>();
        for (StoredQueue queue : link.inTransaction(QueueStore::all)) {
            for (int segment = 0; segment < Leaf.SEGMENTS; segment++) {
                leaves.add(new Leaf(queue.queueId(), segment));
            }
        }
        return leaves;
    }
}
