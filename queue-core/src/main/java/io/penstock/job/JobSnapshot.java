package io.penstock.job;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as it was at the moment of a look.
 *
 * @param attempts how many were started and charged
 * @param reason why it was discarded, cancelled or snoozed, or null
 * @param failures the newest failures, as a JSON array
 * @param finishedAt null until a terminal state
 * @param result what the handler of a completed job answered, as JSON, or null
 */
public record JobSnapshot(
        UUID id,
        int generation,
        String queue,
        String type,
        JobState state,
        int attempts,
        int maxAttempts,
        @Nullable String reason,
        String failures,
        Instant eligibleAt,
        @Nullable Instant finishedAt,
        @Nullable String result) {}
