package io.penstock.objective;

import java.util.Map;

/**
 * How an objective is kept, and where its queue is going.
 *
 * @param drifted whether an operator has set something else than a service declares
 * @param hour what was counted in the last hour, by deadline
 * @param period what was counted over the objective's own period
 * @param depth of the queue: eligible and unclaimed
 * @param headAge for how many seconds the first in line is eligible
 * @param growth jobs a second by which the depth grew in the last minute
 * @param predictedWait how many seconds a job waits that arrives now; not a number if that is not known
 * @param timeToBreach in how many seconds a job that arrives then will be late; infinite if that does not come
 * @param slotsNeeded to keep up, and to drain the queue within half of what was promised
 * @param lateBecause what part of their time jobs that were late in the last hour spent on what; empty if there were none
 */
public record ObjectiveStatus(
        Objective objective,
        boolean drifted,
        Tally hour,
        Tally period,
        long depth,
        double headAge,
        double growth,
        double predictedWait,
        double timeToBreach,
        long slotsNeeded,
        Map<LateCause, Double> lateBecause) {

    /** What it comes to. */
    public enum Verdict {
        /** Nothing was counted, which is neither good nor bad. */
        NO_DATA,
        KEPT,
        /** The error budget is used faster than allowed, or jobs that arrive soon will be late. */
        AT_RISK,
        /** The error budget of the period is used up, or will be within hours. */
        MISSED
    }

    private static final double SOON = 600;

    /** How many times faster than allowed the error budget was used in the last hour. */
    public double burn() {
        return hour.burn(objective.target());
    }

    /** What part of the period's error budget is left; below zero if more was used. */
    public double errorBudgetLeft() {
        return 1 - period.burn(objective.target());
    }

    public Verdict verdict() {
        boolean enough = hour.bad() >= BurnRule.LEAST_BAD;
        if (errorBudgetLeft() < 0 && period.bad() >= BurnRule.LEAST_BAD
                || enough && burn() >= BurnRule.HOUR.threshold(objective)) {
            return Verdict.MISSED;
        }
        if (enough && burn() > 1 || timeToBreach < SOON) {
            return Verdict.AT_RISK;
        }
        return period.total() == 0 ? Verdict.NO_DATA : Verdict.KEPT;
    }
}
