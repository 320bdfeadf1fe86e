package io.penstock.job;

import java.time.Duration;

/** How an attempt ended. A handler answers one; an exception that it throws is {@link Failed}. */
public sealed interface Outcome {

    /** Done. The job is completed. */
    record Completed() implements Outcome {}

    /** Failed: run again as the retry policy says, or discarded when no attempt is left. */
    record Failed(Throwable error) implements Outcome {
        public Failed {
            Checks.present("failed error", error);
        }
    }

    /** Not now: run again after the delay, without an attempt used up. */
    record Snoozed(Duration delay) implements Outcome {
        public Snoozed {
            Checks.within("snooze delay", delay, Duration.ZERO, Limits.FARTHEST_DELAY);
        }
    }

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
        return new Completed();
    }

    static Outcome failed(Throwable error) {
        return new Failed(error);
    }

    static Outcome snoozed(Duration delay) {
        return new Snoozed(delay);
    }

    static Outcome discarded(String reason) {
        return new Discarded(reason);
    }

    static Outcome cancelled(String reason) {
        return new Cancelled(reason);
    }
}
