package io.penstock.job;

import java.time.Duration;

/**
 * At most one job of a key in a queue at a time. A job that would be the second is not made: {@link Enqueued#id} is then that of the
 * one there is, and what becomes of that is for {@link #replacingPayload} and {@link #replacing} to say.
 *
 * <p>While the transaction is open that takes a key, or changes the job that has it, another that wants the same key waits: for half a
 * second at most, then it fails with {@link io.penstock.error.ContentionException}. Transactions that merely keep the job there is do
 * not wait for each other, and nobody else waits for any of them.
 *
 * <p>An operator who runs an ended job again makes it run whatever the key says. Immutable.
 */
public final class Uniqueness {

    /** What becomes of a job that has not started when another of its key is enqueued. */
    public enum OnConflict {
        /** It stays as it is. */
        KEEP("keep"),
        /** It gets the new one's type, payload, metadata and tags. */
        REPLACE_PAYLOAD("replace payload"),
        /** It gets all that, and the new one's time, priority, maximum of attempts and concurrency key, as if enqueued now. */
        REPLACE("replace");

        private final String word;

        OnConflict(String word) {
            this.word = word;
        }

        /** As the SQL functions name it. */
        public String word() {
            return word;
        }
    }

    private final String key;
    private final boolean whileRunning;
    private final Duration period;
    private final OnConflict onConflict;

    private Uniqueness(String key, boolean whileRunning, Duration period, OnConflict onConflict) {
        this.key = Checks.ofLength("uniqueness key", key, 1, Limits.KEY_CHARACTERS);
        this.whileRunning = whileRunning;
        this.period = period;
        this.onConflict = onConflict;
    }

    /**
     * One that has not started: scheduled, available, or to be tried again. Once it runs, the next may be enqueued, for what has
     * changed since it started.
     *
     * <p>The job that is answered starts after the enqueuing transaction has ended, even if a worker was about to claim it: so it sees what
     * that transaction wrote. If transactions that want it follow each other without a gap for a second after it was due, it is let go
     * for that reason, and a second one is made for those that come.
     */
    public static Uniqueness whileWaiting(String key) {
        return new Uniqueness(key, false, Duration.ZERO, OnConflict.KEEP);
    }

    /**
     * One that has not ended; never a second. While it runs, a further one is dropped, whatever is to be replaced: what its transaction
     * wrote may be seen by nobody.
     */
    public static Uniqueness whileWaitingOrRunning(String key) {
        return new Uniqueness(key, true, Duration.ZERO, OnConflict.KEEP);
    }

    /**
     * One that has not ended, or was enqueued less than this ago, whatever became of it since.
     *
     * @param period 1 millisecond to 3650 days
     */
    public static Uniqueness forPeriod(String key, Duration period) {
        Duration checked = Checks.within("uniqueness period", period, Duration.ofMillis(1), Limits.FARTHEST_DELAY);
        return new Uniqueness(key, true, checked, OnConflict.KEEP);
    }

    /** A job that has not started gets what the new one carries: type, payload, metadata, tags. */
    public Uniqueness replacingPayload() {
        return new Uniqueness(key, whileRunning, period, OnConflict.REPLACE_PAYLOAD);
    }

    /**
     * A job that has not started gets everything of the new one but the id, as if enqueued now. With a time to run at, that
     * is a debounce: it runs when nothing has been enqueued for a while.
     */
    public Uniqueness replacing() {
        return new Uniqueness(key, whileRunning, period, OnConflict.REPLACE);
    }

    public String key() {
        return key;
    }

    /** Whether a job that runs counts. */
    public boolean whileRunning() {
        return whileRunning;
    }

    /** For how long a job counts that was enqueued, whatever became of it; zero if that does not matter. */
    public Duration period() {
        return period;
    }

    public OnConflict onConflict() {
        return onConflict;
    }
}
