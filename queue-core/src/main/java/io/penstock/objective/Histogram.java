package io.penstock.objective;

import java.time.Duration;
import java.util.Arrays;

/**
 * Counts of times by logarithmic bucket: each reaches 2^¼ times as far as the one before, from a millisecond to a day (schema 2 of
 * Prometheus' native histograms). A quantile is off by at most {@link #WORST_ERROR} of itself; less than a millisecond counts as one. What is
 * longer than a day counts as a day. Safe for use by many threads.
 */
public final class Histogram {

    /** (r − 1) / (r + 1) for buckets that grow by r = 2^¼, with the harmonic mean of its bounds as a bucket's value. */
    public static final double WORST_ERROR = 0.0865;

    public static final int BUCKETS = 107;

    private static final int PER_OCTAVE = 4;

    private final long[] counts = new long[BUCKETS];

    public synchronized void add(Duration time) {
        counts[bucket(time.toNanos() / 1e6)]++;
    }

    /** Adds counts of buckets from the lowest one on. */
    public synchronized void add(int lowest, Integer[] more) {
        for (int index = 0; index < more.length; index++) {
            counts[lowest + index] += more[index];
        }
    }

    public synchronized long total() {
        return Arrays.stream(counts).sum();
    }

    /** The counts of all buckets, which are zero afterwards. */
    public synchronized long[] take() {
        long[] taken = counts.clone();
        Arrays.fill(counts, 0);
        return taken;
    }

    /**
     * The time in seconds that a part of those counted did not exceed; not a number if there are none.
     *
     * @param part more than 0, at most 1
     */
    public synchronized double quantile(double part) {
        long rank = (long) Math.ceil(part * total());
        long seen = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            seen += counts[bucket];
            if (seen >= rank && seen > 0) {
                return value(bucket);
            }
        }
        return Double.NaN;
    }

    /** In seconds; not a number if there are none. */
    public synchronized double mean() {
        double sum = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            sum += counts[bucket] * value(bucket);
        }
        return sum / total();
    }

    private static int bucket(double milliseconds) {
        if (milliseconds <= 1) {
            return 0;
        }
        return Math.min(BUCKETS - 1, (int) Math.ceil(PER_OCTAVE * Math.log(milliseconds) / Math.log(2) - 1e-9));
    }

    private static double value(int bucket) {
        double above = Math.pow(2, (double) bucket / PER_OCTAVE) / 1e3;
        double below = Math.pow(2, (bucket - 1.0) / PER_OCTAVE) / 1e3;
        return bucket == 0 ? above : 2 * above * below / (above + below);
    }
}
