package io.penstock.observe;

import io.penstock.job.Attempt;
import io.penstock.job.JobState;
import io.penstock.objective.LateCause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Everything that a worker tells. One event per transition, after its commit. The table of them is docs/EVENTS.md. */
public sealed interface WorkerEvent {

    /** The worker runs. */
    record WorkerStarted(String worker, long workerId) implements WorkerEvent {}

    /** The worker has stopped. */
    record WorkerStopped(String worker) implements WorkerEvent {}

    /** This worker was taken for dead: what it was running belongs to others now. It goes on under a new number. */
    record WorkerFenced(String worker, long workerId) implements WorkerEvent {}

    /**
     * This worker was taken for dead while it ran jobs of a queue with a strict limit. Until their handlers end, which are interrupted, more
     * may run than the limit, as others have the slots now.
     *
     * @param running how many may run beside those that others start
     */
    record StrictLimitOverlapped(String queue, int running) implements WorkerEvent {}

    /** Another worker was found dead or hung, and fenced. */
    record WorkerLost(String worker, long workerId, boolean sessionGone) implements WorkerEvent {}

    /** A job was claimed. The wait counts from its eligible time to its first claim. */
    record JobClaimed(String queue, String type, Attempt attempt, Duration waited) implements WorkerEvent {}

    /**
     * An attempt's end was committed.
     *
     * @param waited from when the job was eligible to its first claim, by the database's clock
     * @param run how long its handler took, by this process's own clock
     * @param total from when the job was eligible to the claim of this attempt, by the database's clock, and the run
     */
    record AttemptEnded(
            String queue, String type, Attempt attempt, JobState state, Duration waited, Duration run, Duration total)
            implements WorkerEvent {}

    /**
     * A job has ended for good, and later than an objective of its queue promises.
     *
     * @param spent what its total latency went to; adds up to it
     */
    record JobLate(String queue, String type, Attempt attempt, Map<LateCause, Duration> spent) implements WorkerEvent {}

    /** An attempt ended that no longer owned its job. Nothing was changed. */
    record StaleEndingRefused(String queue, String type, Attempt attempt) implements WorkerEvent {}

    /**
     * An attempt went on after its timeout although it was interrupted. It was given up, its job failed, and its slot has
     * another thread; its own is lost until the handler returns.
     *
     * @param stack where the handler was
     * @param stuck how many threads of this worker are lost now
     */
    record AttemptStuck(
            String queue, String type, Attempt attempt, Duration run, List<StackTraceElement> stack, int stuck)
            implements WorkerEvent {}

    /** The handler of a given-up attempt returned after all: its thread is no longer lost. */
    record StuckAttemptEnded(String queue, String type, Attempt attempt, Duration run, int stuck)
            implements WorkerEvent {}

    /** Jobs of lost workers were made available again or discarded. */
    record JobsRescued(long workerId, int jobs) implements WorkerEvent {}

    /** Due jobs were put in line. */
    record JobsPromoted(int jobs) implements WorkerEvent {}

    /** Claims from a queue fail, or the writing of its ends; it is tried again with back-off, the others go on. */
    record QueueFailing(String queue, String error) implements WorkerEvent {}

    /** Claims from the queue succeed again. */
    record QueueRecovered(String queue) implements WorkerEvent {}

    /**
     * A queue has had work for a while that this worker did not start, though it runs less of it than is guaranteed, or nothing.
     *
     * @param unclaimed for how long
     * @param cause in words
     */
    record QueueUnclaimed(String queue, Duration unclaimed, String cause) implements WorkerEvent {}

    /** The worker has started something of that queue, or nothing waits there any more. */
    record QueueClaimedAgain(String queue) implements WorkerEvent {}

    /**
     * Jobs of ticks were made.
     *
     * @param tick the newest of them
     * @param late how long after it that was seen to be due, by the database's clock
     */
    record ScheduleFired(String schedule, String queue, int jobs, Instant tick, Duration late) implements WorkerEvent {}

    /** Ticks passed that are not made up for, as the schedule's policy says: those from the one moment until before the other. */
    record TicksSkipped(String schedule, Instant from, Instant before) implements WorkerEvent {}

    /** A tick cannot be made, for a reason that is new; it is tried again every few seconds. One worker of all tells it. */
    record ScheduleFailing(String schedule, String error) implements WorkerEvent {}

    /** Ticks of the schedule are made again. */
    record ScheduleRecovered(String schedule) implements WorkerEvent {}

    /** A batch's next step waits for a job that was discarded or cancelled. One worker of all tells it, once. */
    record BatchHeld(UUID batch, UUID job, String step) implements WorkerEvent {}

    /** The job that held a batch is no longer kept, so its next step will never be enqueued. */
    record BatchGivenUp(UUID batch, UUID job, String step) implements WorkerEvent {}

    /** A batch's next step cannot be enqueued, for a reason that is new; it is tried again. */
    record BatchFailing(UUID batch, String step, String error) implements WorkerEvent {}

    /** The last step of a batch has ended. */
    record BatchEnded(UUID batch) implements WorkerEvent {}

    /** Fewer slots are there than the queues are guaranteed: each gets its part. One worker of all tells it. */
    record GuaranteesShort(int missing, int workers, int slots) implements WorkerEvent {}

    /** The guarantees fit again. */
    record GuaranteesMet() implements WorkerEvent {}

    /**
     * An alert is open that wakes somebody, and heavy queues give way. One worker of all tells it.
     *
     * @param times how much more the weights of the other queues count
     */
    record HeavyQueuesGiveWay(int times) implements WorkerEvent {}

    /** It is over, and every weight counts as it is set. */
    record HeavyQueuesRestored() implements WorkerEvent {}

    /**
     * A transaction of ours, of this process or another, was open for longer than it may be, and its session was ended.
     *
     * @param processId of the server's process
     * @param application as the session called itself
     * @param state what it did, as the server says
     */
    record TransactionEnded(int processId, String application, Duration open, String state) implements WorkerEvent {}

    /** One of the worker's connections was lost. */
    record DatabaseLost(String part, String error) implements WorkerEvent {}

    /** The connection is back. */
    record DatabaseBack(String part) implements WorkerEvent {}
}
