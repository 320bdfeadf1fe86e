package io.penstock.job;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * At most so many starts in a time, over all workers: a token bucket (J. Turner, 1986) that holds as many tokens and is full at
 * first. A bucket that was full lets through twice as many in the first such time, as many in each after it.
 *
 * @param jobs how many, 1 to {@link #MOST}
 * @param per in how long, a millisecond to a day
 */
public record RateLimit(int jobs, Duration per) {

    public static final int MOST = 1_000_000;
    public static final Duration LONGEST = Duration.ofDays(1);
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,7})/([0-9]{0,8})(ms|s|m|h|d)");

    public RateLimit {
        Checks.within("rate", jobs, 1, MOST);
        Checks.within("time of the rate", per, Duration.ofMillis(1), LONGEST);
        if (per.toMillis() * 1_000 / jobs == 0) {
            throw Checks.refused("rate", "at most 1000000/s", jobs + "/" + per.toMillis() + "ms");
        }
    }

    public static RateLimit perSecond(int jobs) {
        return new RateLimit(jobs, Duration.ofSeconds(1));
    }

    public static RateLimit perMinute(int jobs) {
        return new RateLimit(jobs, Duration.ofMinutes(1));
    }

    /** Of a text such as {@code 100/s}, {@code 5/10s} or {@code 1000/h}; units are ms, s, m, h and d. */
    public static RateLimit of(String text) {
        Matcher matcher = TEXT.matcher(Checks.present("rate", text));
        if (!matcher.matches()) {
            throw Checks.refused("rate", "jobs/time, as in 100/s or 5/10m", Checks.quoted(text));
        }
        long count = matcher.group(2).isEmpty() ? 1 : Long.parseLong(matcher.group(2));
        Duration unit = switch (matcher.group(3)) {
            case "ms" -> Duration.ofMillis(1);
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            default -> Duration.ofDays(1);
        };
        return new RateLimit(Integer.parseInt(matcher.group(1)), unit.multipliedBy(count));
    }

    /** As {@link #of} reads it. */
    @Override
    public String toString() {
        long milliseconds = per.toMillis();
        String time = time(milliseconds, "ms");
        if (milliseconds % 3_600_000 == 0) {
            time = time(milliseconds / 3_600_000, "h");
        } else if (milliseconds % 60_000 == 0) {
            time = time(milliseconds / 60_000, "m");
        } else if (milliseconds % 1_000 == 0) {
            time = time(milliseconds / 1_000, "s");
        }
        return jobs + "/" + time;
    }

    private static String time(long count, String unit) {
        return count == 1 ? unit : count + unit;
    }
}
