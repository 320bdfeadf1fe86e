package io.penstock.downstream;

import io.penstock.job.Limits;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Delays of jobs that were all sent away at once: they do not come back at once. */
final class Spread {

    private static final Duration SHORTEST = Duration.ofMillis(10);

    private Spread() {}

    /** From the delay to twice as long. */
    static Duration of(Duration delay) {
        Duration least = delay.compareTo(SHORTEST) < 0 ? SHORTEST : delay;
        Duration spread = least.plusNanos(
                (long) (least.toNanos() * ThreadLocalRandom.current().nextDouble()));
        return spread.compareTo(Limits.FARTHEST_DELAY) < 0 ? spread : Limits.FARTHEST_DELAY;
    }
}
