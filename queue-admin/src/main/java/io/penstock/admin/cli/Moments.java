package io.penstock.admin.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Moments as people read them, in UTC and relative to now.
 *
 * @param now by this machine's clock
 */
record Moments(Instant now) {

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Such as "2026-11-24 19:05:15Z (3m ago)". */
    String at(@Nullable Instant moment) {
        return moment == null ? "-" : FORMAT.format(moment) + "Z (" + relative(moment) + ")";
    }

    /** Such as "3m ago" or "in 2h". */
    String relative(@Nullable Instant moment) {
        if (moment == null) {
            return "-";
        }
        Duration since = Duration.between(moment, now);
        return since.isNegative() ? "in " + length(since.negated()) : length(since) + " ago";
    }

    /** The largest unit, and the next one below it where that says more. */
    static String length(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 120) {
            return seconds + "s";
        }
        if (seconds < 7_200) {
            return seconds / 60 + "m";
        }
        return seconds < 172_800 ? seconds / 3_600 + "h" + seconds % 3_600 / 60 + "m" : seconds / 86_400 + "d";
    }
}
