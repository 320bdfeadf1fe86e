package io.penstock.enqueue;

import io.penstock.job.Checks;
import io.penstock.job.Limits;
import io.penstock.job.QueueDefinition;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of enqueues to a queue that is behind, by the wait that is predicted for a job that is enqueued now. Where that is not known, as in the
 * first second of a process, and where nobody watches the queue, everything is let in.
 *
 * @param bound the longest wait that a job is let in with; null for any
 * @param divertTo the queue that jobs go to instead; null if they are refused. Jobs with an idempotency key or a uniqueness are let in
 *     all the same, for those hold within their queue
 */
public record BackPressure(
        String queue, @Nullable Duration bound, @Nullable String divertTo) {

    public BackPressure {
        QueueDefinition.checkName(queue);
        String subject = "back-pressure of queue " + Checks.quoted(queue);
        if (bound != null) {
            Checks.within(subject, bound, Duration.ofMillis(1), Limits.FARTHEST_DELAY);
        }
        if (divertTo != null) {
            QueueDefinition.checkName(divertTo);
            Checks.present(subject + ": bound", bound);
            if (divertTo.equals(queue)) {
                throw Checks.refused(subject, "another queue to divert to", Checks.quoted(divertTo));
            }
        }
    }

    /** Lets everything in, and tells the predicted wait with each {@link io.penstock.job.Enqueued}. */
    public static BackPressure tell(String queue) {
        return new BackPressure(queue, null, null);
    }

    /** Refuses jobs with an {@link io.penstock.error.OverloadException} while they would wait for longer than a bound. */
    public static BackPressure refuse(String queue, Duration bound) {
        return new BackPressure(queue, Checks.present("bound", bound), null);
    }

    /** Puts jobs into another queue while they would wait for longer than a bound. */
    public static BackPressure divert(String queue, Duration bound, String otherQueue) {
        return new BackPressure(queue, Checks.present("bound", bound), Checks.present("other queue", otherQueue));
    }
}
