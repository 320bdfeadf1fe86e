package io.penstock.downstream;

import io.penstock.handler.JobContext;
import io.penstock.handler.JobMiddleware;
import io.penstock.job.Outcome;
import java.time.Duration;

/** Lets through as many attempts at once as succeed. */
record Adaptive(AdaptiveLimit limit) implements JobMiddleware {

    private static final Duration LATER = Duration.ofSeconds(1);

    @Override
    public Outcome around(JobContext<?> context, Next next) throws Exception {
        int begun = limit.begin();
        if (begun == AdaptiveLimit.REFUSED) {
            return Outcome.snoozed(Spread.of(LATER), limit.words());
        }
        Outcome outcome;
        try {
            outcome = next.run();
        } catch (Throwable failure) {
            failed(context, begun);
            throw failure;
        }
        if (outcome instanceof Outcome.Failed) {
            failed(context, begun);
        } else if (outcome instanceof Outcome.Completed || outcome instanceof Outcome.Discarded) {
            limit.succeeded();
        } else {
            limit.ended();
        }
        return outcome;
    }

    /** That somebody asked for the job to be cancelled is nobody's failure. */
    private void failed(JobContext<?> context, int begun) {
        if (context.cancelRequested()) {
            limit.ended();
        } else {
            limit.failed(begun);
        }
    }
}
