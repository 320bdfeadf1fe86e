package io.penstock.job;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How an attempt ended. A handler answers one; an exception that it throws is {@link Failed}. */
public sealed interface Outcome {

    /**
     * Done. The job is completed.
     *
     * @param result kept with the job, at most {@link Limits#RESULT_BYTES} of JSON, or null; of one that cannot be kept only why
     *     is, for the work is done. A job that its handler completed in its own transaction keeps none
     */
    record Completed(@Nullable Record result) implements Outcome {}

    /**
     * Failed: run again, or discarded when no attempt is left.
     *
     * @param retryAfter how long to wait for the next attempt; as the retry policy says if null
     */
    record Failed(Throwable error, @Nullable Duration retryAfter) implements Outcome {
        public Failed {
            Checks.present("failed error", error);
            if (retryAfter != null) {
                Checks.within("retry after", retryAfter, Duration.ZERO, Limits.FARTHEST_DELAY);
            }
        }
    }

    /**
     * Not now: run again after the delay, without an attempt used up.
     *
     * @param reason shown with the job and its queue for as long as it waits, or null
     */
    record Snoozed(Duration delay, @Nullable String reason) implements Outcome {
        public Snoozed {
            Checks.within("snooze delay", delay, Duration.ZERO, Limits.FARTHEST_DELAY);
            if (reason != null) {
                Checks.ofLength("snooze reason", reason, 1, Limits.REASON_CHARACTERS);
            }
        }
    }

    /** Given way: available again at once behind those that wait, without an attempt used up. */
    record Yielded() implements Outcome {}

    /** Never: no further attempt can help. */
    record Discarded(String reason) implements Outcome {
        public Discarded {
            Checks.ofLength("discard reason", reason, 1, Limits.REASON_CHARACTERS);
        }
    }

    /** No longer wanted. */
    record Cancelled(String reason) implements Outcome {
        public Cancelled {
            Checks.ofLength("cancel reason", reason, 1, Limits.REASON_CHARACTERS);
        }
    }

    static Outcome completed() {
        return new Completed(null);
    }

    static Outcome completed(Record result) {
        return new Completed(Checks.present("result", result));
    }

    static Outcome failed(Throwable error) {
        return new Failed(error, null);
    }

    /** Failed, as one that knows when it may be tried again: a Retry-After, for instance. */
    static Outcome failed(Throwable error, Duration retryAfter) {
        return new Failed(error, Checks.present("retry after", retryAfter));
    }

    static Outcome yielded() {
        return new Yielded();
    }

    static Outcome snoozed(Duration delay) {
        return new Snoozed(delay, null);
    }

    static Outcome snoozed(Duration delay, String reason) {
        return new Snoozed(delay, Checks.present("snooze reason", reason));
    }

    static Outcome discarded(String reason) {
        return new Discarded(reason);
    }

    static Outcome cancelled(String reason) {
        return new Cancelled(reason);
    }
}
