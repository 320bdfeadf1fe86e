package io.penstock.objective;

import java.time.Duration;
import java.util.Optional;

/**
 * When an error budget is used too fast: over a long span and, so that it is not told of what is over, over a twelfth of it. A rule holds where
 * its part of the whole error budget is used within the long span (Google, The Site Reliability Workbook, 2018, table 5-8; the third rule is
 * Sloth's). Over 30 days that is 14.4, 6, 3 and 1 times what is allowed.
 */
public enum BurnRule {
    HOUR(Severity.PAGE, 60, 5, 0.02),
    QUARTER(Severity.PAGE, 360, 30, 0.05),
    DAY(Severity.TICKET, 1_440, 120, 0.1),
    DAYS(Severity.TICKET, 4_320, 360, 0.1);

    /** Fewer late jobs than these are chance, or are told of by what looks at the queue. */
    public static final int LEAST_BAD = 5;

    /** Where a target makes the threshold higher than can be reached, it is this part of the highest. */
    private static final double REACHABLE = 0.8;

    private final Severity severity;
    private final int longMinutes;
    private final int shortMinutes;
    private final double used;

    BurnRule(Severity severity, int longMinutes, int shortMinutes, double used) {
        this.severity = severity;
        this.longMinutes = longMinutes;
        this.shortMinutes = shortMinutes;
        this.used = used;
    }

    public Severity severity() {
        return severity;
    }

    public int longMinutes() {
        return longMinutes;
    }

    public int shortMinutes() {
        return shortMinutes;
    }

    /** Whether the period is long enough for it to mean something. */
    public boolean applies(Objective objective) {
        return Duration.ofMinutes(longMinutes).compareTo(Duration.ofDays(objective.days())) < 0;
    }

    /** How many times faster than allowed is too fast. */
    public double threshold(Objective objective) {
        double whole = used * Duration.ofDays(objective.days()).toMinutes() / longMinutes;
        return Math.min(Math.max(1, whole), REACHABLE / objective.errorBudget());
    }

    /** How fast the error budget is used over the long span, if that is too fast by this rule. */
    public Optional<Double> broken(Objective objective, Tally overLong, Tally overShort) {
        double threshold = threshold(objective);
        boolean broken = applies(objective)
                && overLong.bad() >= LEAST_BAD
                && overLong.burn(objective.target()) >= threshold
                && overShort.burn(objective.target()) >= threshold;
        return broken ? Optional.of(overLong.burn(objective.target())) : Optional.empty();
    }
}
