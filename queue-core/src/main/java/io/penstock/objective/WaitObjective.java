package io.penstock.objective;

import io.penstock.job.Checks;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A part of the jobs is first claimed within a time of becoming eligible, however long they run. One that was not claimed by then is late;
 * one that was cancelled before does not count.
 *
 * @param within from a millisecond to {@link #LONGEST}, in whole milliseconds
 */
public record WaitObjective(String queue, @Nullable String type, Duration within, double target, int days)
        implements Objective {

    public static final Duration LONGEST = Duration.ofDays(40);

    public WaitObjective {
        Objective.check("wait", queue, type, target, days);
        Checks.within("wait objective of queue " + Checks.quoted(queue), within, Duration.ofMillis(1), LONGEST);
    }

    /** Of all jobs of a queue, over {@link Objective#DEFAULT_PERIOD} days. */
    public static WaitObjective of(String queue, Duration within, double target) {
        return new WaitObjective(queue, null, within, target, DEFAULT_PERIOD);
    }

    /** The same, of the jobs of one type only. */
    public WaitObjective ofType(String jobType) {
        return new WaitObjective(queue, jobType, within, target, days);
    }

    /** The same over another number of days. */
    public WaitObjective over(int otherDays) {
        return new WaitObjective(queue, type, within, target, otherDays);
    }

    @Override
    public String kind() {
        return "wait";
    }

    @Override
    public Optional<Duration> deadline() {
        return Optional.of(within);
    }

    @Override
    public String promise() {
        return "begun within " + Spans.words(within);
    }
}
