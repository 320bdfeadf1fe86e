package io.penstock.job;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of a {@link NewJob}.
 *
 * @param id the job's id; where {@code created} is false, that of the earlier job with the same key
 * @param created whether a job was made
 * @param eligibleAt when a job made now may run, by the database's clock
 * @param predictedWait how long a job waits that is enqueued now; null where its queue has no back-pressure, or it is not known
 */
public record Enqueued(
        UUID id,
        boolean created,
        Instant eligibleAt,
        @Nullable Duration predictedWait) {

    public Enqueued(UUID id, boolean created, Instant eligibleAt) {
        this(id, created, eligibleAt, null);
    }

    /** The same with a predicted wait. */
    public Enqueued predictedWait(@Nullable Duration wait) {
        return new Enqueued(id, created, eligibleAt, wait);
    }
}
