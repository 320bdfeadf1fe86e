package io.penstock.job;

import java.time.Duration;

/**
 * What becomes of a queue's guaranteed slots while it has no work for them: they are lent, and it has them back when it
 * needs them. On headroom it has them back at once, whoever borrows; beyond that, these terms say who may borrow.
 *
 * @param headroom slots of the guarantee that may be had on headroom when all others are taken; at most the guarantee counts
 * @param hold slots of the guarantee that are never lent, and stand idle instead
 * @param longLoans slots of the guarantee that may be lent to anybody, however long it runs
 * @param horizon the longest that an attempt may be expected to run that borrows one of the others where headroom does not cover it,
 *     so the longest that the queue is expected to wait for it. For a queue whose jobs are to be done within {@code D} and run for {@code S}
 *     at the 95th percentile: {@code (D - S) / 2}
 */
public record Lending(int headroom, int hold, int longLoans, Duration horizon) {

    public static final Duration LONGEST_HORIZON = Duration.ofDays(1);

    /** On headroom as far as there is any; else to attempts of up to half a second. */
    public static final Lending DEFAULT = new Lending(Limits.SLOTS, 0, 0, Duration.ofMillis(500));

    public Lending {
        Checks.within("headroom of a queue", headroom, 0, Limits.SLOTS);
        Checks.within("slots on hold", hold, 0, Limits.SLOTS);
        Checks.within("slots for long loans", longLoans, 0, Limits.SLOTS);
        Checks.within("borrow horizon", horizon, Duration.ZERO, LONGEST_HORIZON);
    }

    public Lending headroom(int slots) {
        return new Lending(slots, hold, longLoans, horizon);
    }

    public Lending hold(int slots) {
        return new Lending(headroom, slots, longLoans, horizon);
    }

    public Lending longLoans(int slots) {
        return new Lending(headroom, hold, slots, horizon);
    }

    public Lending horizon(Duration longest) {
        return new Lending(headroom, hold, longLoans, longest);
    }

    /** The same terms for a guarantee that may be too small for them. */
    public Lending within(int guarantee) {
        int longer = Math.min(longLoans, guarantee);
        return new Lending(headroom, Math.min(hold, guarantee - longer), longer, horizon);
    }

    /** What is not the default: {@code hold 2, long loans 6}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (headroom != DEFAULT.headroom) {
            text.append(", headroom ").append(headroom);
        }
        if (hold != DEFAULT.hold) {
            text.append(", hold ").append(hold);
        }
        if (longLoans != DEFAULT.longLoans) {
            text.append(", long loans ").append(longLoans);
        }
        if (!horizon.equals(DEFAULT.horizon)) {
            text.append(", horizon ").append(horizon.toMillis()).append(" ms");
        }
        return text.isEmpty() ? "" : text.substring(2);
    }
}
