package io.penstock.objective;

/**
 * How many jobs, or minutes, there were, and how many of them were good.
 *
 * @param total at least as many as are good
 */
public record Tally(long total, long good) {

    public static final Tally NOTHING = new Tally(0, 0);

    public long bad() {
        return total - good;
    }

    public Tally plus(Tally other) {
        return new Tally(total + other.total, good + other.good);
    }

    /** What part was good; not a number if there was nothing, which is neither good nor bad. */
    public double attainment() {
        return total == 0 ? Double.NaN : (double) good / total;
    }

    /**
     * How many times faster than allowed the error budget was used: the part that was bad over the part that may be (Google, The
     * Site Reliability Workbook, 2018, chapter 5). 0 if there was nothing.
     */
    public double burn(double target) {
        return total == 0 ? 0 : (double) bad() / total / (1 - target);
    }
}
