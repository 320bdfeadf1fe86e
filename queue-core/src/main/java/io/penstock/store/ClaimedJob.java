package io.penstock.store;

import io.penstock.job.Attempt;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as a claim answered it: the attempt, where its row is, and what its handler needs.
 *
 * @param wasPaused whether it was parked for a pause of its type or concurrency key
 * @param holdsKey whether it counts for a limit of its concurrency key
 */
public record ClaimedJob(
        Attempt attempt,
        Leaf leaf,
        int priority,
        long position,
        String type,
        String payload,
        List<String> tags,
        String metadata,
        @Nullable String concurrencyKey,
        int maxAttempts,
        Instant eligibleAt,
        Instant firstClaimedAt,
        Instant claimedAt,
        boolean wasPaused,
        boolean holdsKey) {

    /** The same, counted for the limit of its concurrency key. */
    public ClaimedJob holdingKey() {
        return new ClaimedJob(
                attempt,
                leaf,
                priority,
                position,
                type,
                payload,
                tags,
                metadata,
                concurrencyKey,
                maxAttempts,
                eligibleAt,
                firstClaimedAt,
                claimedAt,
                wasPaused,
                true);
    }
}
