package io.penstock.worker;

import io.penstock.dispatch.Dispatcher;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.maintain.Surroundings;
import io.penstock.renew.HeartBeat;
import io.penstock.run.Slots;
import io.penstock.store.FleetStore.Share;
import io.penstock.store.ProgressStore.Said;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What maintenance tells a worker with lanes: whatever may let one of them claim more gives them a signal. */
record Maintained(HeartBeat heartBeat, Dispatcher dispatcher, Slots slots, List<Lane> lanes) implements Surroundings {

    @Override
    public long workerId() {
        return heartBeat.workerId();
    }

    @Override
    public boolean hears() {
        return heartBeat.hears();
    }

    @Override
    public void woken(int queueId) {
        dispatcher.wake(queueId);
        moved();
    }

    @Override
    public void moved() {
        lanes.forEach(Lane::signal);
    }

    @Override
    public void paused(Set<Integer> queues) {
        if (dispatcher.pause(queues)) {
            moved();
        }
    }

    @Override
    public void shared(Map<Integer, Share> shares) {
        Map<Integer, ConcurrencyBudget> budgets = new LinkedHashMap<>();
        shares.forEach((queue, share) -> {
            if (share.limit() > 0) {
                budgets.put(
                        queue,
                        new ConcurrencyBudget(
                                share.guarantee(), share.limit(), share.weight(), share.strict(), share.lending()));
            }
        });
        if (dispatcher.share(budgets)) {
            moved();
        }
    }

    @Override
    public int running(int queueId) {
        return dispatcher.running().getOrDefault(queueId, 0);
    }

    @Override
    public List<Said> progress() {
        return slots.takeProgress();
    }
}
