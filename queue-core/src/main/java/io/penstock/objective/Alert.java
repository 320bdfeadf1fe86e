package io.penstock.objective;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Condition} from when it was first seen to hold until it has not been seen for two minutes. All moments are the database's.
 *
 * @param key what makes it one alert, whoever sees it
 * @param rule of {@link Condition.Rule}, in a word
 * @param queue whose jobs it is about, or null
 * @param sentence as of the last time that it was seen to hold
 * @param resolvedAt null while it is open
 * @param silenced whether nobody was told of it
 */
public record Alert(
        long id,
        String key,
        String rule,
        Severity severity,
        String subject,
        @Nullable String queue,
        String sentence,
        String advice,
        Instant openedAt,
        Instant lastTrueAt,
        @Nullable Instant resolvedAt,
        boolean silenced) {

    /** Whether it has been seen to hold just once. */
    public boolean fresh() {
        return openedAt.equals(lastTrueAt);
    }
}
