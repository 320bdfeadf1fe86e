package io.penstock.worker;

import io.penstock.alert.Times;
import io.penstock.handover.EndedAttempt;
import io.penstock.objective.LateCause;
import io.penstock.observe.WorkerEvent.AttemptEnded;
import io.penstock.observe.WorkerEvent.JobLate;
import io.penstock.store.ClaimedJob;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says what made a job late, and counts it. Safe for use by many threads. */
record Lateness(Times times, Waits waits) {

    /**
     * What made a job late that has just ended; null if it has not ended for good, or was in time.
     *
     * @param now of {@link System#nanoTime}
     */
    @Nullable
    JobLate of(AttemptEnded event, EndedAttempt ended, long now) {
        int queueId = ended.job().leaf().queueId();
        if (!event.state().terminal() || !times.late(queueId, event.type(), event.waited(), event.total())) {
            return null;
        }
        Map<LateCause, Duration> spent = spent(event, ended.job(), now);
        times.addLate(queueId, event.type(), spent);
        return new JobLate(event.queue(), event.type(), event.attempt(), spent);
    }

    /** The total latency is the wait for the first claim, what lies between that and the claim of the last attempt, and its run. */
    private Map<LateCause, Duration> spent(AttemptEnded event, ClaimedJob job, long now) {
        Duration retried = event.total().minus(event.waited()).minus(event.run());
        long firstClaimed = now - event.run().plus(retried).toNanos();
        LateCause rest = job.wasPaused() ? LateCause.PAUSED : job.holdsKey() ? LateCause.LIMIT : LateCause.DATABASE;
        Map<LateCause, Duration> spent = new EnumMap<>(LateCause.class);
        spent.putAll(waits.split(job.leaf().queueId(), event.waited(), firstClaimed, rest));
        spent.put(LateCause.RAN, event.run());
        if (!retried.isZero()) {
            spent.put(LateCause.RETRY, retried);
        }
        return spent;
    }
}
