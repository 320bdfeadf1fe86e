package io.penstock.downstream;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.penstock.handler.JobContext;
import io.penstock.handler.JobMiddleware;
import io.penstock.job.Checks;
import io.penstock.job.Outcome;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a circuit breaker before each attempt, and tells it how the attempt ended. */
final class Breaker implements JobMiddleware {

    private static final Duration TRIED_AGAIN = Duration.ofSeconds(1);
    private static final Logger log = LoggerFactory.getLogger("io.penstock.downstream");

    private final CircuitBreaker breaker;
    private volatile long openUntil = System.nanoTime();

    Breaker(CircuitBreaker breaker) {
        this.breaker = breaker;
        breaker.getEventPublisher().onStateTransition(event -> changed(event.getStateTransition()));
    }

    @Override
    public Outcome around(JobContext<?> context, Next next) throws Exception {
        if (!breaker.tryAcquirePermission()) {
            return Outcome.snoozed(
                    Spread.of(untilTried()), "circuit breaker " + Checks.quoted(breaker.getName()) + " is open");
        }
        long start = System.nanoTime();
        Outcome outcome;
        try {
            outcome = next.run();
        } catch (Throwable failure) {
            failed(context, failure, System.nanoTime() - start);
            throw failure;
        }
        long run = System.nanoTime() - start;
        if (outcome instanceof Outcome.Failed failed) {
            failed(context, failed.error(), run);
        } else if (outcome instanceof Outcome.Completed || outcome instanceof Outcome.Discarded) {
            breaker.onSuccess(run, TimeUnit.NANOSECONDS);
        } else {
            breaker.releasePermission();
        }
        return outcome;
    }

    /** That somebody asked for the job to be cancelled is nobody's failure. */
    private void failed(JobContext<?> context, Throwable failure, long run) {
        if (context.cancelRequested()) {
            breaker.releasePermission();
        } else {
            breaker.onError(run, TimeUnit.NANOSECONDS, failure);
        }
    }

    /** While it is half open and its trial calls are under way, what they say is waited for. */
    private Duration untilTried() {
        Duration left = Duration.ofNanos(openUntil - System.nanoTime());
        return left.compareTo(TRIED_AGAIN) > 0 ? left : TRIED_AGAIN;
    }

    /** A trial that failed opens it again, which is no news. */
    private void changed(StateTransition transition) {
        if (transition.getToState() == State.OPEN) {
            long wait = breaker.getCircuitBreakerConfig()
                    .getWaitIntervalFunctionInOpenState()
                    .apply(1);
            openUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait);
            if (transition.getFromState() == State.CLOSED) {
                log.warn(
                        "circuit breaker \"{}\" is open, {} of {} calls failed: jobs that need it are snoozed, without losing an"
                                + " attempt, and it is tried again every {} ms",
                        breaker.getName(),
                        breaker.getMetrics().getNumberOfFailedCalls(),
                        breaker.getMetrics().getNumberOfBufferedCalls(),
                        wait);
            }
        } else if (transition.getToState() == State.CLOSED) {
            log.info("circuit breaker \"{}\" is closed again: jobs that need it run", breaker.getName());
        }
    }
}
