package io.penstock.job;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far a batch had come when it was looked at. Its counts follow the ends of its jobs within a minute, and sooner towards the
 * last of them.
 *
 * @param jobs how many were enqueued for it so far, steps included
 * @param completed how many of those are known to have completed
 * @param stepsLeft how many are still to be enqueued
 * @param heldBy a job that was discarded or cancelled and that the next step waits for, or null
 * @param lastError why the next step could not be enqueued, or null; it is tried again
 * @param endedAt when the last step had ended, or the batch was given up, or null; a week later it is forgotten
 */
public record BatchSnapshot(
        UUID id,
        Instant enqueuedAt,
        int jobs,
        int completed,
        int discarded,
        int cancelled,
        int stepsLeft,
        @Nullable UUID heldBy,
        @Nullable String lastError,
        @Nullable Instant endedAt) {}
