package io.penstock.schedule;

import io.penstock.job.Checks;
import io.penstock.job.Limits;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A tick every period, counted from an anchor, by elapsed time and not by any clock on a wall. A restart or a new declaration
 * shifts nothing: ticks are at the anchor and at whole periods before and after it.
 *
 * @param period 1 second to 3650 days, in whole milliseconds
 * @param anchor in whole milliseconds
 */
public record FixedRate(Duration period, Instant anchor) implements ScheduleRule {

    public FixedRate {
        Checks.within("fixed rate period", period, Limits.SHORTEST_PERIOD, Limits.FARTHEST_DELAY);
        if (period.toNanos() % 1_000_000 != 0) {
            throw Checks.refused("fixed rate period", "whole milliseconds", period.toString());
        }
        Checks.present("fixed rate anchor", anchor);
        if (!anchor.truncatedTo(ChronoUnit.MILLIS).equals(anchor) || beyondYears(anchor)) {
            throw Checks.refused("fixed rate anchor", "1970 to 9999 in whole milliseconds", anchor.toString());
        }
    }

    /** Counted from 1970-01-01T00:00Z: every hour is on the hour, every day at midnight UTC. */
    public static FixedRate every(Duration period) {
        return new FixedRate(period, Instant.EPOCH);
    }

    @Override
    public Instant next(Instant after) {
        long past = Math.floorDiv(after.toEpochMilli() - anchor.toEpochMilli(), period.toMillis());
        return Moments.bounded(anchor.plusMillis((past + 1) * period.toMillis()));
    }

    private static boolean beyondYears(Instant moment) {
        return moment.isBefore(Instant.EPOCH) || moment.isAfter(Moments.LAST);
    }

    @Override
    public String toString() {
        return "every " + period + " from " + anchor;
    }
}
