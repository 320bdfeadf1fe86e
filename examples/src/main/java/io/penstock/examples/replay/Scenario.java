package io.penstock.examples.replay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What may happen to a queue with ten slots whose jobs run for half a second on average: it can do twenty a second. */
public enum Scenario {
    HEALTHY_BURSTS_LOW("a job in 5 s, and 60 at once every 4 minutes or so", 5, 0.2, 0, 240, 60),
    HEALTHY_BURSTS_HIGH("12 a second, and 40 at once every 5 minutes or so", 5, 12, 0, 300, 40),
    DEEP_BUT_DRAINING("10,000 at once and 2 a second, of which half an hour was promised", 1_800, 2, 0, 1e9, 10_000),
    LOW_TRAFFIC("a job in 5 minutes, of which one in ten runs for 20 s", 5, 1 / 300.0, 0, 0, 0),
    SLOW_LEAK("18 a second, then 21", 5, 18, 3, 0, 0),
    STEP_OVERLOAD("10 a second, then 40", 5, 10, 30, 0, 0),
    TOTAL_STALL("10 a second, then nothing is done any more", 5, 10, 0, 0, 0),
    STUCK_TYPE("10 a second, then one in a hundred never ends", 5, 10, 0, 0, 0);

    static final int SLOTS = 10;
    static final double MEAN_RUN = 0.5;
    /** When what goes wrong begins. */
    public static final double ONSET = 3_600;

    static final double END = 7_200;

    public final String words;
    final Duration within;
    private final double rate;
    private final double moreAfterOnset;
    private final double burstEvery;
    private final int burst;

    Scenario(String words, int withinSeconds, double rate, double moreAfterOnset, double burstEvery, int burst) {
        this.words = words;
        this.within = Duration.ofSeconds(withinSeconds);
        this.rate = rate;
        this.moreAfterOnset = moreAfterOnset;
        this.burstEvery = burstEvery;
        this.burst = burst;
    }

    /** Whether nothing is wrong all along: then no page is deserved. */
    boolean healthy() {
        return ordinal() <= LOW_TRAFFIC.ordinal();
    }

    /** When jobs arrive, in seconds, in order. Arrivals are a Poisson process; so are the bursts. */
    List<Double> arrivals(Random random) {
        List<Double> times = new ArrayList<>();
        for (double at = exponential(random, 1 / rate); at < END; ) {
            times.add(at);
            at += exponential(random, 1 / (at > ONSET ? rate + moreAfterOnset : rate));
        }
        double first = burst > 1_000 ? 60 : burstEvery * (0.5 + random.nextDouble());
        for (double at = first; burst > 0 && at < END; at += burstEvery * (0.5 + random.nextDouble())) {
            for (int job = 0; job < burst; job++) {
                times.add(at);
            }
        }
        times.sort(null);
        return times;
    }

    /** How long a job runs that begins then; infinite if it never ends. */
    double run(double at, Random random) {
        double run = exponential(random, MEAN_RUN);
        return switch (this) {
            case TOTAL_STALL -> at > ONSET ? Double.POSITIVE_INFINITY : run;
            case STUCK_TYPE -> at > ONSET && random.nextInt(100) == 0 ? Double.POSITIVE_INFINITY : run;
            case LOW_TRAFFIC -> random.nextInt(10) == 0 ? 20 : run;
            default -> run;
        };
    }

    private static double exponential(Random random, double mean) {
        return -Math.log(1 - random.nextDouble()) * mean;
    }
}
