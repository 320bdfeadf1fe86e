package io.penstock.schedule;

import io.penstock.job.Checks;
import java.util.Locale;

/**
 * What becomes of ticks that passed while nobody made their jobs: no worker ran, the server was down, the queue was missing.
 * A tick still unmade when the next one comes is such a tick. Ticks of the time in which a schedule was paused are never
 * made up for.
 */
public enum CatchUp {
    /** Nothing: the newest is still made if it is at most a minute late, so that a failover at midnight costs no backup. */
    NONE,
    /** The newest, however late it is: one job for all of them. */
    ONCE,
    /** Every one of the last 24 hours, oldest first and a hundred at a time, and the newest however late it is. */
    ALL;

    /** The word stored. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The policy of a word, as stored or read from a file. */
    public static CatchUp of(String word) {
        for (CatchUp policy : values()) {
            if (policy.word().equals(word)) {
                return policy;
            }
        }
        throw Checks.refused("catch-up policy", "none, once or all", Checks.quoted(word));
    }
}
