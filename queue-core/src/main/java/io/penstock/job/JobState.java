package io.penstock.job;

import java.util.Locale;

/** Where a job is in its life. */
public enum JobState {
    /** Not yet due for the first time. */
    SCHEDULED,
    /** Failed, and due again later. */
    RETRYABLE,
    /** Put off by its own handler. */
    SNOOZED,
    /** Held back by a limit on its concurrency key. */
    PARKED,
    /** Eligible and unclaimed. */
    AVAILABLE,
    RUNNING,
    COMPLETED,
    DISCARDED,
    CANCELLED;

    public boolean terminal() {
        return this == COMPLETED || this == DISCARDED || this == CANCELLED;
    }

    /** The word stored in the database. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static JobState ofWord(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
