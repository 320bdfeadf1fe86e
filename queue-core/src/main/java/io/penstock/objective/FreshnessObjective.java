package io.penstock.objective;

import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.penstock.job.Limits;
import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * In a part of the minutes, the last verified success of a job type is no older than a time. A success is verified by its evidence: a field
 * of the result that the handler completed with, such as a size, a checksum or a count of rows. A success without it does not count; neither does
 * one whose evidence is null, false, empty, zero, or below the minimum. What never succeeded is late once so much time has passed since the objective was made.
 *
 * @param within from a millisecond to {@link LatencyObjective#LONGEST}
 * @param evidence the name of the field
 * @param minimum its least value, or null for more than nothing
 */
public record FreshnessObjective(
        String queue,
        String type,
        Duration within,
        String evidence,
        @Nullable BigDecimal minimum,
        double target,
        int days)
        implements Objective {

    public FreshnessObjective {
        if (type == null) {
            throw new RefusedException(
                    "freshness objective of queue " + Checks.quoted(queue) + ": expected a job type, was none");
        }
        Objective.check("freshness", queue, type, target, days);
        String subject = "freshness objective of queue " + Checks.quoted(queue);
        Checks.within(subject, within, Duration.ofMillis(1), LatencyObjective.LONGEST);
        Checks.ofLength(subject + " evidence", evidence, 1, Limits.KEY_CHARACTERS);
    }

    /** Over {@link Objective#DEFAULT_PERIOD} days, with a target of 0.99. */
    public static FreshnessObjective of(String queue, String type, Duration within, String evidence) {
        return new FreshnessObjective(queue, type, within, evidence, null, 0.99, DEFAULT_PERIOD);
    }

    /** The same with a least value of the evidence, which is then a number. */
    public FreshnessObjective atLeast(long least) {
        return new FreshnessObjective(queue, type, within, evidence, BigDecimal.valueOf(least), target, days);
    }

    /** The same with another target. */
    public FreshnessObjective target(double other) {
        return new FreshnessObjective(queue, type, within, evidence, minimum, other, days);
    }

    /** The same over another number of days. */
    public FreshnessObjective over(int otherDays) {
        return new FreshnessObjective(queue, type, within, evidence, minimum, target, otherDays);
    }

    @Override
    public String kind() {
        return "freshness";
    }

    @Override
    public String promise() {
        return proof() + " every " + Spans.words(within);
    }

    /** What a success has to show. */
    String proof() {
        return evidence + (minimum == null ? "" : " of at least " + minimum.toPlainString());
    }
}
