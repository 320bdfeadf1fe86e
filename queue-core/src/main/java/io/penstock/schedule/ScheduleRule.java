package io.penstock.schedule;

import io.penstock.error.RefusedException;
import java.time.Instant;

/** When a schedule's ticks are. A pure function of time: every process computes the same ones. Immutable. */
public sealed interface ScheduleRule permits Cron, FixedRate {

    /**
     * The first tick after a moment, not at it.
     *
     * @throws RefusedException if there is none before the year 10000
     */
    Instant next(Instant after);
}
