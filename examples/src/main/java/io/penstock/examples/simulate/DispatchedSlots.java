package io.penstock.examples.simulate;

import io.penstock.dispatch.Dispatcher;
import io.penstock.dispatch.Reservation;
import io.penstock.job.ConcurrencyBudget;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Slots that a worker's own dispatcher hands out: what is simulated is the code that runs. */
final class DispatchedSlots implements Slots {

    private final Dispatcher dispatcher;
    private final Map<Integer, ConcurrencyBudget> budgets;

    DispatchedSlots(int capacity, int headroom, Map<Integer, ConcurrencyBudget> budgets) {
        this.dispatcher = new Dispatcher(capacity, headroom, budgets);
        this.budgets = budgets;
    }

    @Override
    public void arrived(int queue) {
        dispatcher.wake(queue);
    }

    @Override
    public Map<Integer, Integer> start(Map<Integer, Integer> waiting) {
        Reservation reservation = dispatcher.reserve(budgets.keySet(), Set.of(), Map.of());
        Map<Integer, Integer> claimed = new HashMap<>();
        reservation.granted().forEach((queue, granted) -> {
            int found = Math.min(granted, waiting.getOrDefault(queue, 0));
            if (found > 0) {
                claimed.put(queue, found);
            }
        });
        dispatcher.settle(reservation, claimed);
        return claimed;
    }

    @Override
    public void ended(int queue, String type, Duration run) {
        dispatcher.measured(queue, type, run);
        dispatcher.settle(Reservation.freeing(Map.of(queue, 1)), Map.of());
    }
}
