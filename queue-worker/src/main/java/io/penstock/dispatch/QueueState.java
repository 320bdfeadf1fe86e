package io.penstock.dispatch;

import io.penstock.job.ConcurrencyBudget;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One queue's permits on one worker, and the account of them. Guarded by its {@link Dispatcher}. */
final class QueueState {

    ConcurrencyBudget budget;
    boolean shareless;
    int running;
    boolean hungry = true;

    @Nullable
    Waiting suspension;

    boolean paused;
    long wakes;
    double virtualTime;
    final RunTimes runTimes;

    private final Map<Ground, Long> started = new EnumMap<>(Ground.class);
    private final Map<Waiting, Duration> waited = new EnumMap<>(Waiting.class);
    private Waiting waiting = Waiting.NOTHING;
    private Duration unclaimed = Duration.ZERO;
    private Duration owed = Duration.ZERO;

    QueueState(ConcurrencyBudget budget, @Nullable Duration longestRun) {
        this.budget = budget;
        this.runTimes = new RunTimes(longestRun == null ? Double.POSITIVE_INFINITY : longestRun.toNanos() / 1e9);
    }

    QueueLoad load(int finishing, boolean probed) {
        return new QueueLoad(
                budget,
                running - finishing,
                ((hungry && suspension == null) || probed) && !paused && !shareless,
                virtualTime,
                runTimes.mean(),
                runTimes.longest());
    }

    int guarantee() {
        return shareless ? 0 : budget.guarantee();
    }

    int limit() {
        return shareless ? 0 : budget.limit();
    }

    /** So many of the permits in hand have been used, beside so many that all queues held. */
    void used(int permits, int totalBefore, int capacity) {
        for (int more = 0; more < permits; more++) {
            Ground ground = Ground.SPARE;
            if (running - permits + more < guarantee()) {
                ground = totalBefore + more < capacity ? Ground.GUARANTEE : Ground.HEADROOM;
            }
            started.merge(ground, 1L, Long::sum);
        }
        if (permits > 0) {
            unclaimed = Duration.ZERO;
        }
    }

    /** What it waits for, given whether the policy would let it start something, and whether any slot is free. */
    Waiting waiting(boolean granted, boolean free) {
        if (!hungry) {
            return Waiting.NOTHING;
        } else if (paused) {
            return Waiting.PAUSED;
        } else if (suspension != null) {
            return suspension;
        } else if (shareless) {
            return Waiting.SHARE;
        } else if (running >= budget.limit()) {
            return Waiting.LIMIT;
        } else if (granted) {
            return Waiting.CLAIM;
        } else if (running < budget.guarantee()) {
            return Waiting.OWED;
        }
        return free ? Waiting.LENDING : Waiting.SLOTS;
    }

    /** It has waited so for so long. */
    void look(Waiting now, Duration past) {
        waiting = now;
        waited.merge(now, past, Duration::plus);
        if (now == Waiting.OWED) {
            owed = owed.plus(past.multipliedBy(budget.guarantee() - running));
        }
        unclaimed = now.asItShould() ? Duration.ZERO : unclaimed.plus(past);
    }

    QueueSlots slots() {
        return new QueueSlots(guarantee(), running, waiting, unclaimed, owed, Map.copyOf(waited), Map.copyOf(started));
    }
}
