package io.penstock.objective;

import io.penstock.job.Checks;
import org.jspecify.annotations.Nullable;

/**
 * In a part of the minutes, the queue's depth grows by no more than a number of jobs: arrivals minus starts.
 *
 * @param perMinute 0 to {@link #MOST} jobs
 */
public record DepthGrowthObjective(String queue, int perMinute, double target, int days) implements Objective {

    public static final int MOST = 100_000_000;

    public DepthGrowthObjective {
        Objective.check("growth", queue, null, target, days);
        Checks.within("growth objective of queue " + Checks.quoted(queue), perMinute, 0, MOST);
    }

    /** Over {@link Objective#DEFAULT_PERIOD} days. */
    public static DepthGrowthObjective of(String queue, int perMinute, double target) {
        return new DepthGrowthObjective(queue, perMinute, target, DEFAULT_PERIOD);
    }

    /** The same over another number of days. */
    public DepthGrowthObjective over(int otherDays) {
        return new DepthGrowthObjective(queue, perMinute, target, otherDays);
    }

    @Override
    public @Nullable String type() {
        return null;
    }

    @Override
    public String kind() {
        return "growth";
    }

    @Override
    public String promise() {
        return "grows by at most " + perMinute + " a minute";
    }
}
