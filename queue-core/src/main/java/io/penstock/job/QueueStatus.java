package io.penstock.job;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A queue as it was at the moment of a look. Each count goes up to {@link #CAP}; one more means that many or more, because
 * nothing reads a backlog to its end.
 *
 * @param discarded since 24 hours ago
 * @param running of the first {@link #CAP} jobs of each level
 * @param headEligibleAt since when the job that waits longest for a worker has been waiting
 * @param nextDueAt when the next job that is scheduled, retryable or snoozed is due
 * @param pauses what of it is paused, the whole queue first
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
        List<Pause> pauses) {

    /** The highest number that a count tells apart from more. */
    public static final int CAP = 10_000;

    /** The pause of the whole queue; null unless it is paused. */
    public @Nullable Pause paused() {
        return pauses.stream()
                .filter(pause -> pause.scope().kind() == PauseScope.Kind.QUEUE)
                .findFirst()
                .orElse(null);
    }

    /** A count as people read it. */
    public static String counted(int count) {
        return count > CAP ? CAP + "+" : String.valueOf(count);
    }
}
