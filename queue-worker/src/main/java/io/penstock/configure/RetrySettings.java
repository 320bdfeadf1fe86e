package io.penstock.configure;

import io.penstock.handler.HandlerOptions;
import io.penstock.job.Checks;
import io.penstock.job.Limits;
import io.penstock.job.RetryPolicy;
import java.time.Duration;

/** How failed jobs are tried again, as a file says it. */
final class RetrySettings {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration DEFAULT_DELAY = Duration.ofSeconds(1);
    private static final Duration DEFAULT_LONGEST = Duration.ofHours(1);

    private RetrySettings() {}

    static HandlerOptions read(Section section) {
        return HandlerOptions.DEFAULT
                .maxAttempts(section.number("attempts", Limits.MAX_ATTEMPTS, 1, Limits.MAX_ATTEMPTS))
                .retryPolicy(policy(section));
    }

    private static RetryPolicy policy(Section section) {
        String policy = section.text("policy", "exponential");
        Duration delay = section.duration("delay", DEFAULT_DELAY, SHORTEST, Limits.FARTHEST_DELAY);
        switch (policy) {
            case "fixed":
                return RetryPolicy.fixed(delay);
            case "linear":
                return RetryPolicy.linear(delay, longest(section, delay));
            case "exponential":
                return RetryPolicy.exponential(delay, longest(section, delay));
            default:
                section.mistake("policy", "expected exponential, linear or fixed, was " + Checks.quoted(policy));
                longest(section, delay);
                return RetryPolicy.DEFAULT;
        }
    }

    private static Duration longest(Section section, Duration delay) {
        Duration otherwise = delay.compareTo(DEFAULT_LONGEST) > 0 ? delay : DEFAULT_LONGEST;
        return section.duration("longest", otherwise, delay, Limits.FARTHEST_DELAY);
    }
}
