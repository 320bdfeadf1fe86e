package io.penstock.dispatch;

import io.penstock.job.ConcurrencyBudget;

/**
 * One queue as the policy sees it.
 *
 * @param running slots that it holds
 * @param hungry whether it is believed to have eligible work
 * @param virtualTime what it has had of spare slots so far, in expected seconds of run over weight
 * @param expectedRun seconds that one attempt of it is expected to take
 */
record QueueLoad(ConcurrencyBudget budget, int running, boolean hungry, double virtualTime, double expectedRun) {

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

    QueueLoad sated() {
        return new QueueLoad(budget, running, false, virtualTime, expectedRun);
    }

    QueueLoad withOneMore(double newVirtualTime) {
        return new QueueLoad(budget, running + 1, hungry, newVirtualTime, expectedRun);
    }
}
