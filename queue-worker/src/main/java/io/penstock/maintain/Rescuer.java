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
import io.penstock.store.WorkerStore;
import io.penstock.store.WorkerStore.WorkerSeen;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

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
    private final LongSupplier self;
    private final IntConsumer woken;
    private final DeathWatch watch = new DeathWatch();
    private final Map<Long, Long> lastRescue = new HashMap<>();

    Rescuer(Link link, Events events, LongSupplier self, IntConsumer woken) {
        this.link = link;
        this.events = events;
        this.self = self;
        this.woken = woken;
    }

    void run(long nanoTime) throws SQLException {
        List<WorkerSeen> workers = link.inTransaction(connection -> WorkerStore.others(connection, self.getAsLong()));
        for (WorkerSeen worker : watch.lost(workers, nanoTime)) {
            if (link.inTransaction(connection -> WorkerStore.fence(connection, worker))) {
                events.tell(new WorkerLost(worker.name(), worker.workerId(), worker.sessionGone()));
                rescue(worker, nanoTime);
            }
        }
        for (WorkerSeen worker : workers) {
            if (worker.lost()) {
                bury(worker, nanoTime);
            }
        }
    }

    private void bury(WorkerSeen worker, long nanoTime) throws SQLException {
        Long last = lastRescue.get(worker.workerId());
        if (last == null || nanoTime - last >= LOOK_AGAIN_EVERY) {
            rescue(worker, nanoTime);
        }
        if (worker.sinceLost().compareTo(Limits.LOST_WORKER_WATCH) > 0) {
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
        int rescued = 0;
        for (StoredQueue queue : link.inTransaction(QueueStore::all)) {
            int ofQueue = 0;
            for (int segment = 0; segment < Leaf.SEGMENTS; segment++) {
                Leaf leaf = new Leaf(queue.queueId(), segment);
                ofQueue += link.inTransaction(connection -> WorkerStore.rescue(
                        connection, leaf, ClaimStore.ceilings(connection, leaf.queueId()), worker.workerId(), failure));
            }
            if (ofQueue > 0) {
                woken.accept(queue.queueId());
                rescued += ofQueue;
            }
        }
        lastRescue.put(worker.workerId(), nanoTime);
        if (rescued > 0) {
            events.tell(new JobsRescued(worker.workerId(), rescued));
        }
    }
}
