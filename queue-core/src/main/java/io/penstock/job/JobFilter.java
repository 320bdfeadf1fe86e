package io.penstock.job;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs are meant. All conditions hold together; one that is null or empty holds for every job.
 *
 * @param types any of them
 * @param states any of them
 * @param key the concurrency key
 * @param idempotencyKey the idempotency key
 * @param tags all of them
 * @param error a part of the newest failure's class or message, or of the reason; upper and lower case are the same
 * @param fingerprint of the newest failure
 * @param olderThan since it ended, or was enqueued if it has not ended
 * @param youngerThan as {@code olderThan}
 */
public record JobFilter(
        @Nullable String queue,
        Set<String> types,
        Set<JobState> states,
        @Nullable String key,
        @Nullable String idempotencyKey,
        List<String> tags,
        @Nullable String error,
        @Nullable String fingerprint,
        @Nullable Duration olderThan,
        @Nullable Duration youngerThan) {

    /** Every job. */
    public static final JobFilter ALL =
            new JobFilter(null, Set.of(), Set.of(), null, null, List.of(), null, null, null, null);

    public JobFilter {
        types = Set.copyOf(types);
        states = Set.copyOf(states);
        tags = List.copyOf(tags);
    }

    public JobFilter inQueue(@Nullable String name) {
        return new JobFilter(
                name, types, states, key, idempotencyKey, tags, error, fingerprint, olderThan, youngerThan);
    }

    public JobFilter inStates(Set<JobState> wanted) {
        return new JobFilter(
                queue, types, wanted, key, idempotencyKey, tags, error, fingerprint, olderThan, youngerThan);
    }

    /** Whether the state is among those meant. */
    public boolean takes(JobState state) {
        return states.isEmpty() || states.contains(state);
    }
}
