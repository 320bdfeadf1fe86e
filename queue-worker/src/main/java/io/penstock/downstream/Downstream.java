package io.penstock.downstream;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.penstock.handler.HandlerOptions;
import io.penstock.handler.JobMiddleware;
import io.penstock.job.Checks;
import io.penstock.job.Limits;

/**
 * Keeps handlers from calling something that is down, or that takes no more: the job is snoozed instead, which uses up no
 * attempt and no slot. For {@link HandlerOptions#around}:
 *
 * <pre>{@code
 * JobMiddleware mailer = Downstream.of(CircuitBreaker.ofDefaults("mailer"));
 * worker.handle(WELCOME, welcome, HandlerOptions.DEFAULT.around(mailer))
 *         .handle(INVOICE, invoice, HandlerOptions.DEFAULT.around(mailer));
 * }</pre>
 *
 * <p>Each is of this process alone. What must hold over all workers is a queue with a {@linkplain
 * io.penstock.job.ConcurrencyBudget#strict() strict} limit. All are safe for use by many threads.
 */
public final class Downstream {

    private Downstream() {}

    /**
     * While the breaker is open, jobs are snoozed until it lets calls through. An attempt that fails, throws or times out is a failure to it; one that
     * completes or is discarded is a success; others say nothing. That it opens and that it is closed again are a line each in the log. One for all
     * handlers that call the same thing.
     */
    public static JobMiddleware of(CircuitBreaker breaker) {
        return new Breaker(Checks.present("circuit breaker", breaker));
    }

    /**
     * Attempts that would exceed the rate are snoozed for one to two of the limiter's periods. It first waits, in its slot, for as long as
     * the limiter is set to: set that to zero.
     */
    public static JobMiddleware of(RateLimiter limiter) {
        return new Rate(Checks.present("rate limiter", limiter));
    }

    /**
     * Attempts beyond so many at once are snoozed for about a second. It first waits, in its slot, for as long as the bulkhead is set
     * to, which is not at all by default. If a whole queue calls the same thing, the queue's limit does it better.
     */
    public static JobMiddleware of(Bulkhead bulkhead) {
        return new Crowd(Checks.present("bulkhead", bulkhead));
    }

    /**
     * As many attempts at once as it takes: the number is halved when one fails, throws or times out, and raised by one after as many
     * successes as it allows (AIMD). What is beyond it is snoozed for about a second. That it falls below the most and that it is there again are a line
     * each in the log. One for all handlers that call the same thing.
     *
     * @param name of what is called, for the log
     * @param least at least 1
     * @param most where it starts
     */
    public static JobMiddleware adaptive(String name, int least, int most) {
        Checks.ofLength("name of what is called", name, 1, Limits.KEY_CHARACTERS);
        Checks.within("most calls at once", most, 1, Limits.SLOTS);
        Checks.within("least calls at once", least, 1, most);
        return new Adaptive(new AdaptiveLimit(name, least, most));
    }
}
