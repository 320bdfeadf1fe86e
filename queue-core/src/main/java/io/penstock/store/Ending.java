package io.penstock.store;

import io.penstock.job.Attempt;
import io.penstock.job.JobState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * How an attempt ended, in the terms of the store.
 *
 * @param state the state that the job goes to
 * @param reason why it was discarded or cancelled
 * @param detail the failure to remember, the result of a completed one, or why one was snoozed, as JSON
 * @param delay until the job is due again, where it goes to {@code retryable} or {@code snoozed}
 */
public record Ending(
        Attempt attempt,
        JobState state,
        @Nullable String reason,
        @Nullable String detail,
        Duration delay) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    public static Ending completed(Attempt attempt) {
        return new Ending(attempt, JobState.COMPLETED, null, null, Duration.ZERO);
    }

    public static Ending completed(Attempt attempt, String result) {
        return new Ending(attempt, JobState.COMPLETED, null, result, Duration.ZERO);
    }

    public static Ending discarded(Attempt attempt, String reason, @Nullable String failure) {
        return new Ending(attempt, JobState.DISCARDED, reason, failure, Duration.ZERO);
    }

    public static Ending cancelled(Attempt attempt, String reason) {
        return new Ending(attempt, JobState.CANCELLED, reason, null, Duration.ZERO);
    }

    public static Ending retryable(Attempt attempt, Duration delay, String failure) {
        return new Ending(attempt, JobState.RETRYABLE, null, failure, delay);
    }

    /** Not run to its end for no fault of its own: available again at once, the attempt not charged. */
    public static Ending released(Attempt attempt) {
        return new Ending(attempt, JobState.AVAILABLE, null, null, Duration.ZERO);
    }

    public static Ending snoozed(Attempt attempt, Duration delay, @Nullable String reason) {
        String detail = reason == null ? null : JSON.writeValueAsString(reason);
        return new Ending(attempt, JobState.SNOOZED, null, detail, delay);
    }
}
