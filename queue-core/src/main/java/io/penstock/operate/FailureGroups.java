package io.penstock.operate;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Discarded jobs by what they failed with.
 *
 * @param examined how many jobs were looked at
 * @param partial why there may be more, or null if these are all
 */
public record FailureGroups(
        List<Group> groups, long examined, @Nullable String partial) {

    /**
     * Jobs whose newest failures have one fingerprint.
     *
     * @param message of the newest of them, its beginning
     * @param newest the id of the job that was discarded last
     */
    public record Group(
            String fingerprint,
            int jobs,
            @Nullable String error,
            @Nullable String message,
            Set<String> queues,
            Set<String> types,
            Instant firstAt,
            Instant lastAt,
            UUID newest) {}

    public FailureGroups {
        groups = List.copyOf(groups);
    }
}
