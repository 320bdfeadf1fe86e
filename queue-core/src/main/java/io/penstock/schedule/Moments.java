package io.penstock.schedule;

import io.penstock.job.Checks;
import java.time.Instant;

/** The end of time here: what a tick can be. */
final class Moments {

    static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    private Moments() {}

    static Instant bounded(Instant tick) {
        if (tick.isAfter(LAST)) {
            throw Checks.refused("next tick", "one before the year 10000", "none");
        }
        return tick;
    }
}
