package io.penstock.examples.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** When jobs of the critical queue arrive: at random (Poisson), at a rate that may change. Each runs for half a second on average (exponential). */
enum ArrivalPattern {
    /** Ten a second. */
    STEADY,

    /** Twenty a second for five seconds, none for five. */
    BURSTS,

    /** Five a second, from the middle on fifteen. */
    STEP;

    private static final double MEAN_RUN = 0.5;
    private static final double HIGHEST_RATE = 20;

    private double rate(double second, double length) {
        return switch (this) {
            case STEADY -> 10;
            case BURSTS -> second % 10 < 5 ? 20 : 0;
            case STEP -> second < length / 2 ? 5 : 15;
        };
    }

    /** Jobs in order of arrival, by thinning of a process of the highest rate (P. Lewis and G. Shedler, 1979). */
    List<Job> jobs(double from, double until, Random random) {
        List<Job> jobs = new ArrayList<>();
        double length = until - from;
        double second = exponential(random, 1 / HIGHEST_RATE);
        while (second < length) {
            if (random.nextDouble() * HIGHEST_RATE < rate(second, length)) {
                jobs.add(new Job(Scheme.CRITICAL, "critical", from + second, exponential(random, MEAN_RUN)));
            }
            second += exponential(random, 1 / HIGHEST_RATE);
        }
        return jobs;
    }

    private static double exponential(Random random, double mean) {
        return -mean * Math.log(1 - random.nextDouble());
    }
}
