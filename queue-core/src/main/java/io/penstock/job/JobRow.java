package io.penstock.job;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One generation of a job, as a list shows it.
 *
 * @param dueAt of a job that waits; null where it is held back without a time
 * @param claimedAt when its last attempt was started
 * @param reason why it was discarded or cancelled
 * @param error the class of its newest failure
 * @param message the beginning of that failure's message
 * @param frames the beginning of that failure's stack, where it was asked for
 * @param payloadStart the first {@link #PAYLOAD_START} characters of its payload
 */
public record JobRow(
        UUID id,
        int generation,
        String queue,
        String type,
        JobState state,
        Priority priority,
        int attempts,
        int maxAttempts,
        @Nullable String concurrencyKey,
        @Nullable String idempotencyKey,
        List<String> tags,
        Instant enqueuedAt,
        Instant eligibleAt,
        @Nullable Instant dueAt,
        @Nullable Instant claimedAt,
        @Nullable Instant finishedAt,
        @Nullable String reason,
        @Nullable String error,
        @Nullable String message,
        @Nullable String frames,
        String payloadStart) {

    public static final int PAYLOAD_START = 200;
    public static final int MESSAGE_START = 500;
}
