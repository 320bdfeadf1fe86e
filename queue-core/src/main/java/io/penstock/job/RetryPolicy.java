package io.penstock.job;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long a failed job waits before its next attempt. Pure: the same random numbers give the same delays. */
public sealed interface RetryPolicy {

    /**
     * The delay after a failed attempt.
     *
     * @param attempt the number of the attempt that failed, from 1
     */
    Duration delayAfter(int attempt, RandomGenerator random);

    /** One second to one hour, exponential with decorrelated jitter. */
    RetryPolicy DEFAULT = exponential(Duration.ofSeconds(1), Duration.ofHours(1));

    static RetryPolicy fixed(Duration delay) {
        return new Fixed(delay);
    }

    static RetryPolicy linear(Duration step, Duration cap) {
        return new Linear(step, cap);
    }

    static RetryPolicy exponential(Duration base, Duration cap) {
        return new Exponential(base, cap);
    }

    /** Always the same delay. */
    record Fixed(Duration delay) implements RetryPolicy {
        public Fixed {
            Checks.within("retry delay", delay, Duration.ZERO, Limits.FARTHEST_DELAY);
        }

        @Override
        public Duration delayAfter(int attempt, RandomGenerator random) {
            return delay;
        }
    }

    /** {@code min(cap, step × attempt)}. */
    record Linear(Duration step, Duration cap) implements RetryPolicy {
        public Linear {
            Checks.within("retry cap", cap, Duration.ZERO, Limits.FARTHEST_DELAY);
            Checks.within("retry step", step, Duration.ZERO, cap);
        }

        @Override
        public Duration delayAfter(int attempt, RandomGenerator random) {
            Duration delay = step.multipliedBy(Math.max(1, attempt));
            return delay.compareTo(cap) < 0 ? delay : cap;
        }
    }

    /**
     * Decorrelated jitter: each delay is drawn between the base and three times the one before, up to the cap. Spreads
     * the retries of jobs that failed together (M. Brooker, "Exponential Backoff And Jitter", 2015).
     */
    record Exponential(Duration base, Duration cap) implements RetryPolicy {
        public Exponential {
            Checks.within("retry cap", cap, Duration.ofMillis(1), Limits.FARTHEST_DELAY);
            Checks.within("retry base", base, Duration.ofMillis(1), cap);
        }

        @Override
        public Duration delayAfter(int attempt, RandomGenerator random) {
            long lowest = base.toMillis();
            long highest = cap.toMillis();
            long delay = lowest;
            int draws = Math.min(attempt, Limits.MAX_ATTEMPTS);
            for (int number = 1; number < draws && delay < highest; number++) {
                long bound = Math.min(highest, delay * 3);
                delay = lowest >= bound ? bound : random.nextLong(lowest, bound + 1);
            }
            return Duration.ofMillis(Math.min(delay, highest));
        }
    }
}
