package io.penstock.dispatch;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps the permits of one worker and hands them out as {@link DispatchPolicy} decides. A job is claimed only with a permit
 * in hand, and its permit is free again only when its end has been committed; a claim in the same transaction may use it
 * at once. Safe for use by many threads.
 */
public final class Dispatcher {

    /** How much one measured run moves the expected one. */
    private static final double SMOOTHING = 0.1;

    private static final class State {
        ConcurrencyBudget budget;
        boolean shareless;
        int running;
        boolean hungry = true;
        boolean suspended;
        boolean paused;
        long wakes;
        double virtualTime;
        double expectedRun = 1;

        State(ConcurrencyBudget budget) {
            this.budget = budget;
        }

        QueueLoad load(int finishing, boolean probed) {
            return new QueueLoad(
                    budget,
                    running - finishing,
                    ((hungry && !suspended) || probed) && !paused && !shareless,
                    virtualTime,
                    expectedRun);
        }
    }

    private final DispatchPolicy policy;
    private final Map<Integer, State> states = new LinkedHashMap<>();

    public Dispatcher(int capacity, int headroom, Map<Integer, ConcurrencyBudget> budgets) {
        this.policy = new DispatchPolicy(capacity, headroom);
        budgets.forEach((queueId, budget) -> states.put(queueId, new State(budget)));
    }

    /**
     * Takes permits for some queues, as many as the policy grants them now.
     *
     * @param queues the queues that the caller claims for; what the policy grants others is left to their own callers
     * @param probed those of them that the caller looks into although nothing is known of work there; nobody else is held
     *     back for their sake
     * @param finishing permits, by queue, that the caller's own transaction is about to free
     */
    public synchronized Reservation reserve(Set<Integer> queues, Set<Integer> probed, Map<Integer, Integer> finishing) {
        List<QueueLoad> before = loads(probed, finishing);
        List<QueueLoad> after = policy.decide(before);

        Map<Integer, Integer> granted = new HashMap<>();
        Map<Integer, Long> wakes = new HashMap<>();
        Map<Integer, Double> charges = new HashMap<>();
        int index = 0;
        for (Map.Entry<Integer, State> entry : states.entrySet()) {
            int grant = after.get(index).running() - before.get(index).running();
            if (grant > 0 && queues.contains(entry.getKey())) {
                State state = entry.getValue();
                state.running += grant;
                charges.put(entry.getKey(), after.get(index).virtualTime() - state.virtualTime);
                state.virtualTime = after.get(index).virtualTime();
                granted.put(entry.getKey(), grant);
                wakes.put(entry.getKey(), state.wakes);
            }
            index++;
        }
        return new Reservation(granted, Map.copyOf(finishing), wakes, charges);
    }

    /** Whether {@link #reserve} would grant any permit now, without any that is about to be freed. */
    public synchronized boolean wouldGrant(Set<Integer> queues, Set<Integer> probed) {
        List<QueueLoad> before = loads(probed, Map.of());
        List<QueueLoad> after = policy.decide(before);
        int index = 0;
        for (int queueId : states.keySet()) {
            if (queues.contains(queueId)
                    && after.get(index).running() > before.get(index).running()) {
                return true;
            }
            index++;
        }
        return false;
    }

    private List<QueueLoad> loads(Set<Integer> probed, Map<Integer, Integer> finishing) {
        List<QueueLoad> loads = new ArrayList<>();
        states.forEach((queueId, state) ->
                loads.add(state.load(finishing.getOrDefault(queueId, 0), probed.contains(queueId))));
        return loads;
    }

    /** How many of the attempts of these queues are expected to end within a time. */
    public synchronized double expectedToEnd(Set<Integer> queues, long nanoseconds) {
        return queues.stream()
                .map(this::state)
                .mapToDouble(state -> state.running * Math.min(1, nanoseconds / 1e9 / state.expectedRun))
                .sum();
    }

    /** Takes one permit to find out whether a queue can be claimed from, if any is to be had, whoever's turn it is. */
    public synchronized Reservation reserveOne(int queueId) {
        List<QueueLoad> before = new ArrayList<>();
        states.forEach((id, state) -> {
            QueueLoad load = state.load(0, id == queueId);
            before.add(id == queueId ? load : load.sated());
        });
        int granted = 0;
        List<QueueLoad> after = policy.decide(before);
        for (int index = 0; index < after.size(); index++) {
            granted += after.get(index).running() - before.get(index).running();
        }
        if (granted == 0) {
            return Reservation.freeing(Map.of());
        }
        State state = state(queueId);
        state.running++;
        return new Reservation(Map.of(queueId, 1), Map.of(), Map.of(queueId, state.wakes), Map.of());
    }

    /** After the commit: permits not used and permits finished are free, and a queue that gave less than asked is sated. */
    public synchronized void settle(Reservation reservation, Map<Integer, Integer> claimed) {
        reservation.granted().forEach((queueId, grant) -> {
            State state = state(queueId);
            int used = claimed.getOrDefault(queueId, 0);
            int spareUnused = Math.min(grant - used, Math.max(0, state.running - state.budget.guarantee()));
            state.virtualTime -= spareUnused * state.load(0, false).cost();
            state.running -= grant - used;
            if (used >= Math.min(grant, Limits.CLAIM_BATCH)) {
                state.hungry = true;
            } else if (state.wakes == wakesAt(reservation, queueId)) {
                state.hungry = false;
            }
        });
        reservation.finishing().forEach((queueId, finished) -> state(queueId).running -= finished);
    }

    /** After a failure: everything is as it was before {@link #reserve}. */
    public synchronized void abort(Reservation reservation) {
        reservation.granted().forEach((queueId, grant) -> state(queueId).running -= grant);
        reservation.charges().forEach((queueId, charge) -> state(queueId).virtualTime -= charge);
    }

    /** The queue cannot be claimed from: while it is only probed, no slot is kept for it. */
    public synchronized void suspend(int queueId) {
        state(queueId).suspended = true;
    }

    /** The queue can be claimed from again. */
    public synchronized void resume(int queueId) {
        state(queueId).suspended = false;
    }

    /**
     * These are this worker's shares of the budgets from now on, by queue; a queue without one gets no permits. What runs goes on,
     * and counts. Answers whether that is a change.
     */
    public synchronized boolean share(Map<Integer, ConcurrencyBudget> shares) {
        boolean changed = false;
        for (Map.Entry<Integer, State> entry : states.entrySet()) {
            State state = entry.getValue();
            ConcurrencyBudget share = shares.get(entry.getKey());
            boolean shareless = share == null;
            changed |= shareless != state.shareless || (share != null && !share.equals(state.budget));
            state.hungry |= !shareless;
            state.shareless = shareless;
            if (share != null) {
                state.budget = share;
            }
        }
        return changed;
    }

    /** These queues, and no others, get no permits from now on; answers whether that is a change. */
    public synchronized boolean pause(Set<Integer> queues) {
        boolean changed = false;
        for (Map.Entry<Integer, State> entry : states.entrySet()) {
            boolean paused = queues.contains(entry.getKey());
            changed |= paused != entry.getValue().paused;
            entry.getValue().hungry |= entry.getValue().paused && !paused;
            entry.getValue().paused = paused;
        }
        return changed;
    }

    public synchronized boolean paused(int queueId) {
        return state(queueId).paused;
    }

    /** The queue may have work. */
    public synchronized void wake(int queueId) {
        State state = states.get(queueId);
        if (state != null) {
            state.hungry = true;
            state.wakes++;
        }
    }

    /** How long an attempt took, which the next ones are expected to take. */
    public synchronized void measured(int queueId, Duration run) {
        State state = state(queueId);
        state.expectedRun += SMOOTHING * (run.toNanos() / 1e9 - state.expectedRun);
    }

    public synchronized boolean hungry(int queueId) {
        return state(queueId).hungry;
    }

    /** Whether the queue's limit must hold at every moment. */
    public synchronized boolean strict(int queueId) {
        return state(queueId).budget.strict();
    }

    /** Slots held, by queue. */
    public synchronized Map<Integer, Integer> running() {
        Map<Integer, Integer> running = new HashMap<>();
        states.forEach((queueId, state) -> running.put(queueId, state.running));
        return running;
    }

    private State state(int queueId) {
        State state = states.get(queueId);
        if (state == null) {
            throw new IllegalArgumentException("queue " + queueId + " is not one of this worker's");
        }
        return state;
    }

    private static long wakesAt(Reservation reservation, int queueId) {
        Long wakes = reservation.wakes().get(queueId);
        return wakes == null ? -1 : wakes;
    }
}
