package io.penstock.objective;

import org.jspecify.annotations.Nullable;

/** A part of the jobs that end completes, however late; a discarded job is bad, and a cancelled one does not count. Attempts that are retried are no ends. */
public record SuccessObjective(String queue, @Nullable String type, double target, int days) implements Objective {

    public SuccessObjective {
        Objective.check("success", queue, type, target, days);
    }

    /** Of all jobs of a queue, over {@link Objective#DEFAULT_PERIOD} days. */
    public static SuccessObjective of(String queue, double target) {
        return new SuccessObjective(queue, null, target, DEFAULT_PERIOD);
    }

    /** The same, of the jobs of one type only. */
    public SuccessObjective ofType(String jobType) {
        return new SuccessObjective(queue, jobType, target, days);
    }

    /** The same over another number of days. */
    public SuccessObjective over(int otherDays) {
        return new SuccessObjective(queue, type, target, otherDays);
    }

    @Override
    public String kind() {
        return "success";
    }

    @Override
    public String promise() {
        return "completed";
    }
}
