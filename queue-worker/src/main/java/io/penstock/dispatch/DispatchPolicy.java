package io.penstock.dispatch;

import java.util.ArrayList;
import java.util.List;

/**
 * Decides which queues may run next. Pure: the same loads give the same decision.
 *
 * <ol>
 *   <li>A queue below its guarantee that has work runs at once: on a free slot, else on headroom, which nobody else may
 *       use. The one with the least part of its guarantee goes first. Slots are alike: as many may run above the capacity as queues
 *       hold slots that they may have on headroom, whichever those are.
 *   <li>What is then free below the capacity goes to queues below their limit that may borrow it ({@link Loans}), by start-time fair queueing (P. Goyal and
 *       others, 1996): the lowest virtual time first, and each grant moves it on by expected run over weight. What runs on a guarantee is not charged.
 *   <li>While more runs than the capacity, because headroom is in use, a freed slot is not filled by the second rule.
 * </ol>
 */
final class DispatchPolicy {

    private final int capacity;
    private final int headroom;

    /**
     * Slots on top of the capacity are given by the first rule only.
     *
     * @param capacity slots that any queue may use
     * @param headroom slots above the capacity that only a queue below its guarantee may use
     */
    DispatchPolicy(int capacity, int headroom) {
        this.capacity = capacity;
        this.headroom = headroom;
    }

    /** The loads after the decision, in the same order; what each runs more than before is granted. */
    List<QueueLoad> decide(List<QueueLoad> loads) {
        List<QueueLoad> decided = new ArrayList<>(loads);
        int total = decided.stream().mapToInt(QueueLoad::running).sum();
        for (int owed = mostOwed(decided, total); owed >= 0; owed = mostOwed(decided, total)) {
            QueueLoad load = decided.get(owed);
            decided.set(owed, load.withOneMore(load.virtualTime()));
            total++;
        }
        if (total < capacity) {
            lend(decided);
        }
        return decided;
    }

    /** Every queue with work has its guarantee by now. */
    private void lend(List<QueueLoad> decided) {
        Loans loans = new Loans(decided, capacity, headroom);
        for (int next = mostBehind(decided, loans); next >= 0; next = mostBehind(decided, loans)) {
            QueueLoad load = decided.get(next);
            double start = Math.max(load.virtualTime(), virtualNow(decided));
            decided.set(next, load.withOneMore(start + load.cost()));
            loans.made(load);
        }
    }

    private int mostOwed(List<QueueLoad> loads, int total) {
        int chosen = -1;
        int onHeadroom =
                loads.stream().mapToInt(load -> load.onHeadroom(load.own())).sum();
        for (int index = 0; index < loads.size(); index++) {
            QueueLoad load = loads.get(index);
            if (load.belowGuarantee()
                    && total < capacity + Math.min(headroom, onHeadroom + load.moreOnHeadroom())
                    && (chosen < 0 || load.share() < loads.get(chosen).share())) {
                chosen = index;
            }
        }
        return chosen;
    }

    private static int mostBehind(List<QueueLoad> loads, Loans loans) {
        int chosen = -1;
        for (int index = 0; index < loads.size(); index++) {
            QueueLoad load = loads.get(index);
            if (load.belowLimit()
                    && loans.allow(load)
                    && (chosen < 0 || load.virtualTime() < loads.get(chosen).virtualTime())) {
                chosen = index;
            }
        }
        return chosen;
    }

    /** A queue that was idle starts level with the busy one that has had least: idleness earns no credit. */
    private static double virtualNow(List<QueueLoad> loads) {
        return loads.stream()
                .filter(load -> load.hungry() && load.running() > load.budget().guarantee())
                .mapToDouble(QueueLoad::virtualTime)
                .min()
                .orElse(0);
    }
}
