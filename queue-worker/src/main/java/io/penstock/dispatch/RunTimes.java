package io.penstock.dispatch;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How long attempts of one queue have run, in seconds: their mean, and how long the next one is to be expected to run at most.
 *
 * <p>The latter is the 95th percentile of the type that runs longest, since which type is claimed next is not known before. Each type's is found by
 * stochastic approximation (H. Robbins and S. Monro, 1951): up by 19 steps with each longer run, down by one with each shorter one, so that
 * it rests where one of twenty is longer; a step is a 200th of it. A type that has not ended for a thousand attempts of the queue is forgotten.
 */
final class RunTimes {

    private static final double SMOOTHING = 0.1;
    private static final double STEP = 1 / 200.0;
    private static final int REMEMBERED = 1_000;

    private record Longest(double p95, long seenAt) {}

    private final Map<String, Longest> types = new HashMap<>();
    private double mean = 1;
    private double longest;
    private long ended;

    /** The longest run that is declared, which is expected until something has ended; infinite if nothing is declared. */
    RunTimes(double declared) {
        longest = declared;
    }

    void add(String type, Duration run) {
        double seconds = run.toNanos() / 1e9;
        mean += SMOOTHING * (seconds - mean);
        ended++;
        types.merge(type, new Longest(seconds, ended), (old, now) -> new Longest(moved(old.p95, seconds), ended));
        types.values().removeIf(one -> one.seenAt <= ended - REMEMBERED);
        longest = types.values().stream().mapToDouble(Longest::p95).max().orElse(seconds);
    }

    private static double moved(double p95, double seconds) {
        double step = Math.max(p95, 1e-4) * STEP;
        return seconds > p95 ? Math.min(seconds, p95 + 19 * step) : Math.max(seconds, p95 - step);
    }

    double mean() {
        return mean;
    }

    /** What is declared, before the first attempt has ended. */
    double longest() {
        return longest;
    }
}
