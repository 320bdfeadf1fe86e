package io.penstock.maintain;

import io.penstock.connect.Link;
import io.penstock.store.FleetStore.Share;
import io.penstock.store.SlotStore;
import io.penstock.store.SlotStore.Held;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Keeps strict limits: of such a queue this worker runs no more than it has taken slots, whatever its share says. A share
 * that has grown waits until others have given their slots back, which they do when what ran on them has ended; a lost
 * worker's slots are free at once.
 */
final class SlotKeeper {

    private final Link link;
    private final Surroundings worker;
    private final Map<Integer, Held> held = new HashMap<>();
    private final Set<Integer> unsure = new HashSet<>();
    private Map<Integer, Share> shares = Map.of();
    private long self;

    SlotKeeper(Link link, Surroundings worker) {
        this.link = link;
        this.worker = worker;
    }

    /** These are the worker's shares of the budgets, by queue. Which of its slots count is to be seen anew, as limits may have changed. */
    void shared(Map<Integer, Share> byQueue) {
        shares = byQueue;
        unsure.addAll(held.keySet());
        tell();
    }

    /**
     * Takes and gives back what the shares ask for.
     *
     * @param workerId this worker's number, 0 while it has none; a new number has no slots yet
     */
    void run(long workerId) throws SQLException {
        if (self != workerId) {
            self = workerId;
            held.clear();
            unsure.clear();
            tell();
        }
        if (self == 0) {
            return;
        }
        for (Map.Entry<Integer, Share> share : shares.entrySet()) {
            int queueId = share.getKey();
            if (share.getValue().strict()) {
                keep(queueId, share.getValue().limit());
            } else if (held.containsKey(queueId)) {
                exchange(queueId, 0, 0);
                held.remove(queueId);
            }
        }
    }

    /** No more runs than was allowed before this is called, and that is kept. */
    private void keep(int queueId, int wanted) throws SQLException {
        Held has = held.getOrDefault(queueId, Held.NONE);
        int kept = Math.max(Math.min(wanted, has.within()), worker.running(queueId));
        if (unsure.contains(queueId) || has.within() < wanted || has.all() > kept) {
            exchange(queueId, kept, wanted);
        }
    }

    private void exchange(int queueId, int kept, int wanted) throws SQLException {
        unsure.add(queueId);
        Held now = link.inTransaction(connection -> {
            SlotStore.release(connection, queueId, self, kept);
            return SlotStore.take(connection, queueId, self, wanted);
        });
        unsure.remove(queueId);
        held.put(queueId, now);
        tell();
    }

    private void tell() {
        Map<Integer, Share> effective = new LinkedHashMap<>();
        shares.forEach((queueId, share) -> {
            int limit = share.strict() ? Math.min(share.limit(), within(queueId)) : share.limit();
            int guarantee = Math.min(share.guarantee(), limit);
            effective.put(
                    queueId,
                    new Share(
                            guarantee,
                            limit,
                            share.weight(),
                            share.strict(),
                            share.lending().within(guarantee)));
        });
        worker.shared(effective);
    }

    private int within(int queueId) {
        return unsure.contains(queueId)
                ? 0
                : held.getOrDefault(queueId, Held.NONE).within();
    }
}
