package io.penstock.examples.benchmarks;

import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import java.time.Duration;

/** The options of benchmarks that measure in slices of time. */
final class Slices {

    private Slices() {}

    static void check(double seconds, int rounds) {
        if (!(seconds >= 0.05 && seconds <= 600)) {
            throw new RefusedException("--seconds: expected 0.05 to 600, was " + seconds);
        }
        Checks.within("--rounds", rounds, 1, 100);
    }

    static Duration length(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1_000));
    }
}
