package io.penstock.downstream;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.penstock.handler.JobContext;
import io.penstock.handler.JobMiddleware;
import io.penstock.job.Checks;
import io.penstock.job.Outcome;
import java.time.Duration;

/** Lets no more than so many attempts call something at once. */
record Crowd(Bulkhead bulkhead) implements JobMiddleware {

    private static final Duration LATER = Duration.ofSeconds(1);

    @Override
    public Outcome around(JobContext<?> context, Next next) throws Exception {
        if (!bulkhead.tryAcquirePermission()) {
            return Outcome.snoozed(Spread.of(LATER), "bulkhead " + Checks.quoted(bulkhead.getName()) + " is full");
        }
        try {
            return next.run();
        } finally {
            bulkhead.onComplete();
        }
    }
}
