package io.penstock.maintain;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * How long maintenance waits between two looks: as long as something happens, {@link #SHORTEST}; a system at rest is looked
 * at rarer and rarer, down to {@link #LONGEST}. A worker that cannot be told of work never slows down: its looks are what finds
 * it. Safe for use by many threads.
 */
final class Pace {

    static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(200);
    static final long LONGEST = TimeUnit.SECONDS.toNanos(1);

    private final BooleanSupplier hears;
    private long wait = SHORTEST;

    Pace(BooleanSupplier hears) {
        this.hears = hears;
    }

    /** Something happens; answers whether the looks were rarer than they are now. */
    synchronized boolean quicken() {
        boolean slow = wait > SHORTEST;
        wait = SHORTEST;
        return slow;
    }

    /** How long to wait for the next look, when the next job is due after so many nanoseconds. */
    synchronized long next(long untilDue) {
        long now = wait;
        wait = hears.getAsBoolean() ? Math.min(now * 2, LONGEST) : SHORTEST;
        return Math.max(0, Math.min(now, untilDue));
    }
}
