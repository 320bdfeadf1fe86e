package io.penstock.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A pause that holds. Moments are the database's.
 *
 * @param until when it ends by itself; null if it holds until somebody resumes
 */
public record Pause(
        PauseScope scope,
        Instant since,
        String by,
        @Nullable String reason,
        @Nullable Instant until) {

    /** In words, without what is paused. */
    public String words() {
        return "paused since " + since + " by " + by + (until == null ? "" : " until " + until)
                + (reason == null ? "" : ": " + reason);
    }
}
