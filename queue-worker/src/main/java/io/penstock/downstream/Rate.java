package io.penstock.downstream;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.penstock.handler.JobContext;
import io.penstock.handler.JobMiddleware;
import io.penstock.job.Checks;
import io.penstock.job.Outcome;

/** Takes a permission of a rate limiter for each attempt. */
record Rate(RateLimiter limiter) implements JobMiddleware {

    @Override
    public Outcome around(JobContext<?> context, Next next) throws Exception {
        return limiter.acquirePermission()
                ? next.run()
                : Outcome.snoozed(
                        Spread.of(limiter.getRateLimiterConfig().getLimitRefreshPeriod()),
                        "rate limiter " + Checks.quoted(limiter.getName()) + " allows no more");
    }
}
