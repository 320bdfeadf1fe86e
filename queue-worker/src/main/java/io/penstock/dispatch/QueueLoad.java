package io.penstock.dispatch;

import io.penstock.job.ConcurrencyBudget;

/**
 * One queue as the policy sees it.
 *
 * @param running slots that it holds
 * @param hungry whether it is believed to have eligible work
 * @param virtualTime what it has had of spare slots so far, in expected seconds of run over weight
 * @param expectedRun seconds that one attempt of it is expected to take
 * @param longestRun seconds that hardly an attempt of it is expected to exceed
 */
record QueueLoad(
        ConcurrencyBudget budget,
        int running,
        boolean hungry,
        double virtualTime,
        double expectedRun,
        double longestRun) {

    boolean belowGuarantee() {
        return hungry && running < budget.guarantee();
    }

    boolean belowLimit() {
        return hungry && running < budget.limit();
    }

    /** The part of its guarantee that it has: the lowest goes first. */
    double share() {
        return (double) running / budget.guarantee();
    }

    /** What one more spare slot is charged. */
    double cost() {
        return expectedRun / budget.weight();
    }

    /** Slots that it holds of its guarantee. */
    int own() {
        return Math.min(running, budget.guarantee());
    }

    /** Slots that it holds above its guarantee. */
    int borrowed() {
        return Math.max(0, running - budget.guarantee());
    }

    /** Slots that it holds of its guarantee, and those that are not lent to long attempts. */
    int promised() {
        return Math.max(own(), budget.guarantee() - budget.lending().longLoans());
    }

    /** Slots that may run above the capacity for one more slot of its guarantee: one, or none. */
    int moreOnHeadroom() {
        return onHeadroom(own() + 1) - onHeadroom(own());
    }

    /** How many of so many slots of its own may be counted as headroom. */
    int onHeadroom(int slots) {
        return Math.min(slots, budget.lending().headroom());
    }

    /** Slots of its guarantee that it does not hold, and that are not lent at all. */
    int onHold() {
        return Math.max(0, budget.lending().hold() - running);
    }

    double horizon() {
        return budget.lending().horizon().toNanos() / 1e9;
    }

    QueueLoad sated() {
        return new QueueLoad(budget, running, false, virtualTime, expectedRun, longestRun);
    }

    QueueLoad withOneMore(double newVirtualTime) {
        return new QueueLoad(budget, running + 1, hungry, newVirtualTime, expectedRun, longestRun);
    }
}
