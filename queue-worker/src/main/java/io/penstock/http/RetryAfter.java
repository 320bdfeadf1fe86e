package io.penstock.http;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** Reads the header of RFC 9110, section 10.2.3: seconds, or a date. */
final class RetryAfter {

    private RetryAfter() {}

    /** The time to wait, at most the longest; nothing if it cannot be read. */
    static Optional<Duration> read(String header, Duration longest, Clock clock) {
        String text = header.strip();
        if (text.matches("[0-9]{1,18}")) {
            return Optional.of(bounded(Duration.ofSeconds(Long.parseLong(text)), longest));
        }
        try {
            ZonedDateTime date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
            return Optional.of(bounded(Duration.between(clock.instant(), date.toInstant()), longest));
        } catch (DateTimeException unreadable) {
            return Optional.empty();
        }
    }

    private static Duration bounded(Duration duration, Duration longest) {
        if (duration.isNegative()) {
            return Duration.ZERO;
        }
        return duration.compareTo(longest) < 0 ? duration : longest;
    }
}
