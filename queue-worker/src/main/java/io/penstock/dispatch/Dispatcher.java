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

    private final DispatchPolicy policy;
    private final int capacity;
    private final int headroom;
    private Duration stranded = Duration.ZERO;
    private final Map<Integer, QueueState> states = new LinkedHashMap<>();

    /** With nothing declared of how long attempts run. */
    public Dispatcher(int capacity, int headroom, Map<Integer, ConcurrencyBudget> budgets) {
        this(capacity, headroom, budgets, Map.of());
    }

    /**
     * Permits that are all free.
     *
     * @param longestRuns how long attempts run at most, by queue, where that is known before any has ended
     */
    public Dispatcher(
            int capacity, int headroom, Map<Integer, ConcurrencyBudget> budgets, Map<Integer, Duration> longestRuns) {
        this.policy = new DispatchPolicy(capacity, headroom);
        this.capacity = capacity;
        this.headroom = headroom;
        budgets.forEach((queueId, budget) -> states.put(queueId, new QueueState(budget, longestRuns.get(queueId))));
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
        for (Map.Entry<Integer, QueueState> entry : states.entrySet()) {
            int grant = after.get(index).running() - before.get(index).running();
            if (grant > 0 && queues.contains(entry.getKey())) {
                QueueState state = entry.getValue();
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
                .mapToDouble(state -> state.running * Math.min(1, nanoseconds / 1e9 / state.runTimes.mean()))
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
        QueueState state = state(queueId);
        state.running++;
        return new Reservation(Map.of(queueId, 1), Map.of(), Map.of(queueId, state.wakes), Map.of());
    }

    /** After the commit: permits not used and permits finished are free, and a queue that gave less than asked is sated. */
    public synchronized void settle(Reservation reservation, Map<Integer, Integer> claimed) {
        reservation.granted().forEach((queueId, grant) -> {
            QueueState state = state(queueId);
            int used = claimed.getOrDefault(queueId, 0);
            int spareUnused = Math.min(grant - used, Math.max(0, state.running - state.budget.guarantee()));
            state.virtualTime -= spareUnused * state.load(0, false).cost();
            state.running -= grant - used;
            state.used(used, total() - used, capacity);
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

    /** The queue cannot be claimed from, for the reason given: while it is only probed, no slot is kept for it. */
    public synchronized void suspend(int queueId, Waiting why) {
        state(queueId).suspension = why;
    }

    /** The queue can be claimed from again. */
    public synchronized void resume(int queueId) {
        state(queueId).suspension = null;
    }

    /**
     * These are this worker's shares of the budgets from now on, by queue; a queue without one gets no permits. What runs goes on,
     * and counts. Answers whether that is a change.
     */
    public synchronized boolean share(Map<Integer, ConcurrencyBudget> shares) {
        boolean changed = false;
        for (Map.Entry<Integer, QueueState> entry : states.entrySet()) {
            QueueState state = entry.getValue();
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
        for (Map.Entry<Integer, QueueState> entry : states.entrySet()) {
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
        QueueState state = states.get(queueId);
        if (state != null) {
            state.hungry = true;
            state.wakes++;
        }
    }

    /** How long an attempt took, which the next ones are expected to take. */
    public synchronized void measured(int queueId, String type, Duration run) {
        state(queueId).runTimes.add(type, run);
    }

    /**
     * How many of the attempts above guarantees had better give their slots back: so many run above the capacity, or are in the
     * way of a queue below its guarantee. Zero for a queue that has no more than it is guaranteed.
     */
    public synchronized int surplus(int queueId) {
        QueueState state = state(queueId);
        if (state.running <= state.guarantee()) {
            return 0;
        }
        int owed = (int) loads(Set.of(), Map.of()).stream()
                .filter(QueueLoad::belowGuarantee)
                .count();
        return Math.max(state.running - state.limit(), total() + owed - capacity);
    }

    /** Takes account of how the slots are: it has been so for a while. To be called often, for what is in between is not seen. */
    public synchronized void look(Duration past) {
        List<QueueLoad> before = loads(Set.of(), Map.of());
        List<QueueLoad> after = policy.decide(before);
        int free = Math.max(0, capacity - total());
        boolean stranding = false;
        int index = 0;
        for (QueueState state : states.values()) {
            boolean granted = after.get(index).running() > before.get(index).running();
            Waiting waiting = state.waiting(granted, free > 0);
            state.look(waiting, past);
            stranding |= waiting == Waiting.CLAIM || waiting == Waiting.LENDING;
            index++;
        }
        if (stranding) {
            stranded = stranded.plus(past.multipliedBy(free));
        }
    }

    public synchronized SlotReport report() {
        Map<Integer, QueueSlots> queues = new LinkedHashMap<>();
        states.forEach((queueId, state) -> queues.put(queueId, state.slots()));
        return new SlotReport(capacity, headroom, stranded, queues);
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

    /** What one queue has of the slots. */
    public synchronized QueueSlots slots(int queueId) {
        return state(queueId).slots();
    }

    private int total() {
        return states.values().stream().mapToInt(state -> state.running).sum();
    }

    private QueueState state(int queueId) {
        QueueState state = states.get(queueId);
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
