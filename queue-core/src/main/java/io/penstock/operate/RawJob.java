package io.penstock.operate;

import io.penstock.job.Priority;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as a person writes it down, whose payload is JSON and not a record. What is null has the default of
 * {@link io.penstock.job.NewJob}.
 */
public record RawJob(
        String queue,
        String type,
        String payload,
        @Nullable Instant runAt,
        @Nullable Priority priority,
        @Nullable Integer maxAttempts,
        @Nullable String concurrencyKey,
        @Nullable String idempotencyKey,
        List<String> tags,
        Map<String, String> metadata) {

    public RawJob {
        tags = List.copyOf(tags);
        metadata = Map.copyOf(metadata);
    }
}
