package io.penstock.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A queue as it was at the moment of a look. Each count goes up to {@link #CAP}; one more means that many or more, because
 * nothing reads a backlog to its end.
 *
 * @param discarded since 24 hours ago
 * @param running of the first {@link #CAP} jobs of each level
 * @param headEligibleAt since when the job that waits longest for a worker has been waiting
 * @param nextDueAt when the next job that is scheduled, retryable or snoozed is due
 * @param pausedAt null unless it is paused
 */
public record QueueStatus(
        QueueDefinition definition,
        Instant createdAt,
        int available,
        int running,
        int waiting,
        int discarded,
        @Nullable Instant headEligibleAt,
        @Nullable Instant nextDueAt,
        @Nullable Instant pausedAt,
        @Nullable String pausedBy,
        @Nullable String pauseReason) {

    /** The highest number that a count tells apart from more. */
    public static final int CAP = 10_000;

    /** A count as people read it. */
    public static String counted(int count) {
        return count > CAP ? CAP + "+" : String.valueOf(count);
    }
}
