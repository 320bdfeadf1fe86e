package io.penstock.objective;

import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.penstock.job.JobType;
import io.penstock.job.QueueDefinition;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is promised of a queue, or of its jobs of one type: that a part of them, the target, is good over a rolling period. What is left of
 * the whole is the error budget. All moments are the database's.
 *
 * <p>Targets are between {@link #LEAST_TARGET} and {@link #GREATEST_TARGET}; periods between a day and {@link #LONGEST_PERIOD} days. A queue
 * has at most one objective of each kind and type.
 */
public sealed interface Objective
        permits LatencyObjective, WaitObjective, SuccessObjective, DepthGrowthObjective, FreshnessObjective {

    double LEAST_TARGET = 0.5;
    double GREATEST_TARGET = 0.99999;
    int LONGEST_PERIOD = 90;
    int DEFAULT_PERIOD = 30;

    /** The queue's name. */
    String queue();

    /** The type of the jobs that count, or null for all of the queue. */
    @Nullable
    String type();

    /** What part is to be good. */
    double target();

    /** Over how many days. */
    int days();

    /** The kind of objective in one word, as it is stored: latency, wait, success, growth or freshness. */
    String kind();

    /** What has to be so, in words: {@code within 5 s}. */
    String promise();

    /** Queue, and type if there is one: {@code runbooks} or {@code runbooks/step}. */
    default String subject() {
        return Optional.ofNullable(type()).map(type -> queue() + "/" + type).orElse(queue());
    }

    /** Within how long of becoming eligible a job is to be good; empty where that is not what is promised. */
    default Optional<Duration> deadline() {
        return Optional.empty();
    }

    /** What part may be bad: 1 − target. */
    default double errorBudget() {
        return 1 - target();
    }

    /** Checks what all of them have. */
    static void check(String kind, String queue, @Nullable String type, double target, int days) {
        QueueDefinition.checkName(queue);
        String subject = kind + " objective of queue " + Checks.quoted(queue);
        if (type != null) {
            Checks.matching(
                    subject + " job type",
                    type,
                    JobType.NAME_PATTERN,
                    "a letter followed by at most 127 letters, digits or _ . : / -");
        }
        if (!(target >= LEAST_TARGET && target <= GREATEST_TARGET)) {
            throw new RefusedException(
                    subject + " target: expected " + LEAST_TARGET + " to " + GREATEST_TARGET + ", was " + target);
        }
        Checks.within(subject + " period in days", days, 1, LONGEST_PERIOD);
    }
}
