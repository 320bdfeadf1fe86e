package io.penstock.connect;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;

/** How long to wait before the next try: doubling, with jitter, up to a cap low enough to be back within seconds. */
public final class Backoff {

    private static final IntervalFunction INTERVALS =
            IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(100), 2.0, 0.5, Duration.ofSeconds(2));

    private int failures;

    /** The time to wait after one more failure. */
    public Duration next() {
        failures = Math.min(failures + 1, 30);
        return Duration.ofMillis(INTERVALS.apply(failures));
    }

    /** Whether it is a failure's first. */
    public boolean fresh() {
        return failures == 0;
    }

    public void reset() {
        failures = 0;
    }
}
