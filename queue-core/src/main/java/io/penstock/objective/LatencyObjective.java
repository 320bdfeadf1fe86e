package io.penstock.objective;

import io.penstock.job.Checks;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A part of the jobs completes within a time of becoming eligible, whatever they wait for: slots, limits, pauses, retries and snoozes
 * count. A job that has not ended by its deadline, or was discarded, is late; one that was cancelled before does not count.
 *
 * @param within from a millisecond to {@link #LONGEST}, in whole milliseconds
 */
public record LatencyObjective(String queue, @Nullable String type, Duration within, double target, int days)
        implements Objective {

    public static final Duration LONGEST = Duration.ofDays(40);

    public LatencyObjective {
        Objective.check("latency", queue, type, target, days);
        Checks.within("latency objective of queue " + Checks.quoted(queue), within, Duration.ofMillis(1), LONGEST);
    }

    /** Of all jobs of a queue, over {@link Objective#DEFAULT_PERIOD} days. */
    public static LatencyObjective of(String queue, Duration within, double target) {
        return new LatencyObjective(queue, null, within, target, DEFAULT_PERIOD);
    }

    /** The same, of the jobs of one type only. */
    public LatencyObjective ofType(String jobType) {
        return new LatencyObjective(queue, jobType, within, target, days);
    }

    /** The same over another number of days. */
    public LatencyObjective over(int otherDays) {
        return new LatencyObjective(queue, type, within, target, otherDays);
    }

    @Override
    public String kind() {
        return "latency";
    }

    @Override
    public Optional<Duration> deadline() {
        return Optional.of(within);
    }

    @Override
    public String promise() {
        return "done within " + Spans.words(within);
    }
}
