package io.penstock.objective;

import io.penstock.objective.Condition.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Decides what is wrong with queues and their objectives. Knows no clock and no database: looks and counts are handed to it. For use by one thread.
 *
 * <p>What is about to happen is judged by the predicted wait, not by a depth: a deep queue that is drained in time is well.
 */
public final class Evaluation {

    /** So many looks in a row have to agree. */
    public static final int AGREEING = 3;

    /** A queue without an objective that has stood for so long does not move. */
    public static final double NOT_MOVING_SECONDS = 300;

    /** A queue that could not be looked at for so long may be in any state. */
    public static final double BLIND_SECONDS = 60;

    /** A predicted wait that is less than this part of what was promised is nothing that growth did. */
    private static final double OF_THE_PROMISE = 0.25;

    private static final double HEAD_WINDOW = 10;

    private final Map<String, Integer> agreeing = new HashMap<>();

    /**
     * What the counts of an objective say.
     *
     * @param tallies the count of a span, in minutes
     */
    public static List<Condition> burns(Objective objective, IntFunction<Tally> tallies) {
        List<Condition> conditions = new ArrayList<>();
        for (Severity severity : Severity.values()) {
            for (BurnRule rule : BurnRule.values()) {
                if (rule.severity() == severity && conditions.isEmpty()) {
                    Tally overLong = tallies.apply(rule.longMinutes());
                    Tally overShort = tallies.apply(rule.shortMinutes());
                    burnt(objective, rule, overLong, overShort).ifPresent(conditions::add);
                }
            }
        }
        return conditions;
    }

    private static Optional<Condition> burnt(Objective objective, BurnRule rule, Tally overLong, Tally overShort) {
        return rule.broken(objective, overLong, overShort)
                .map(burn -> new Condition(
                        objective instanceof FreshnessObjective ? Rule.FRESHNESS : Rule.BURN,
                        rule.severity(),
                        objective.subject() + " " + objective.kind(),
                        objective.queue(),
                        objective.subject() + ": in the last " + Spans.words(rule.longMinutes() * 60.0) + ", "
                                + missed(objective, overLong) + ", which uses the error budget " + number(burn)
                                + " times faster than allowed",
                        "see penstock queues explain " + objective.queue()));
    }

    private static String missed(Objective objective, Tally tally) {
        String part = tally.bad() + " of " + tally.total();
        if (objective instanceof FreshnessObjective fresh) {
            return "the last success with " + fresh.proof() + " was older than " + Spans.words(fresh.within()) + " in "
                    + part + " minutes";
        }
        if (objective instanceof DepthGrowthObjective growth) {
            return "it grew by more than " + growth.perMinute() + " in " + part + " minutes";
        }
        return part + " jobs were not " + objective.promise();
    }

    /**
     * What looks at a queue say for a latency or wait objective. To be called once per look.
     *
     * @param run how many seconds nearly all of the runs take, which a latency has to leave room for; not a number if that is not known
     */
    public List<Condition> looks(Objective objective, Trend trend, double run) {
        double within = objective
                        .deadline()
                        .orElseThrow(() -> new IllegalArgumentException("objective of " + objective.subject()
                                + ": expected latency or wait, was " + objective.kind()))
                        .toMillis()
                / 1e3;
        double room = objective instanceof LatencyObjective && !Double.isNaN(run) ? run : 0;
        double wait = trend.predictedWait();
        List<Condition> conditions = new ArrayList<>();
        boolean breaching = wait + room > within && wait > OF_THE_PROMISE * within;
        if (agree("growth " + objective.subject() + " " + objective.kind(), breaching)) {
            conditions.add(new Condition(
                    Rule.GROWTH,
                    Severity.PAGE,
                    objective.subject() + " " + objective.kind(),
                    objective.queue(),
                    objective.subject() + ": a job that arrives now will wait " + Spans.words(wait)
                            + (room > 0 ? " and run up to " + Spans.words(room) : "") + ", and was promised to be "
                            + objective.promise() + "; " + trend.depth() + " wait, " + number(trend.arrivals())
                            + " arrive and " + number(trend.capacity()) + " are started a second",
                    "more slots for the queue, or fewer arrivals: see penstock queues explain " + objective.queue()));
        }
        boolean starving = trend.headAge() > within && trend.headStands(HEAD_WINDOW);
        if (agree("starvation " + objective.subject() + " " + objective.kind(), starving)) {
            conditions.add(new Condition(
                    Rule.STARVATION,
                    Severity.PAGE,
                    objective.subject() + " " + objective.kind(),
                    objective.queue(),
                    objective.subject() + ": the first in line has waited " + Spans.words(trend.headAge())
                            + " and gets older with the clock; promised was " + objective.promise(),
                    "nothing takes it: see penstock queues explain " + objective.queue()));
        }
        return conditions;
    }

    /**
     * What looks at a queue without an objective say.
     *
     * @param run how many seconds nearly all of the runs take; not a number if that is not known
     */
    public static List<Condition> looks(String queue, Trend trend, double run) {
        double longest = Math.max(NOT_MOVING_SECONDS, Double.isNaN(run) ? 0 : 3 * run);
        if (trend.depth() == 0 || trend.standing() < longest) {
            return List.of();
        }
        return List.of(new Condition(
                Rule.NOT_MOVING,
                Severity.PAGE,
                queue,
                queue,
                queue + ": " + trend.depth() + " wait, and none was started for " + Spans.words(trend.standing()),
                "see penstock queues explain " + queue));
    }

    /** What the division of the budgets says. */
    public static List<Condition> guarantees(int missing, int workers) {
        return missing <= 0
                ? List.of()
                : List.of(new Condition(
                        Rule.GUARANTEE,
                        Severity.TICKET,
                        "fleet",
                        null,
                        missing + " guaranteed slots are missing: the queues are guaranteed more than " + workers
                                + " workers bring, and each gets its part",
                        "start workers, or lower guarantees: see penstock doctor"));
    }

    /**
     * What it means that a queue cannot be looked at.
     *
     * @param seconds for how long
     * @param why in words
     */
    public static Optional<Condition> blind(String queue, double seconds, String why) {
        return seconds < BLIND_SECONDS
                ? Optional.empty()
                : Optional.of(new Condition(
                        Rule.NO_DATA,
                        Severity.PAGE,
                        queue,
                        queue,
                        queue + ": nothing is known of it for " + Spans.words(seconds) + ": " + why,
                        "look for who holds its tables: see penstock queues explain " + queue));
    }

    private boolean agree(String what, boolean holds) {
        int looks = holds ? agreeing.merge(what, 1, Integer::sum) : 0;
        if (!holds) {
            agreeing.remove(what);
        }
        return looks >= AGREEING;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
    }
}
