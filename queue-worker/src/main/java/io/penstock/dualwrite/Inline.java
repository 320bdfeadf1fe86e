package io.penstock.dualwrite;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a side at once, without ever waiting for long: few at the same time, under short limits, and not at all while a breaker is open. What is not done is left to
 * a job, so nothing here is tried again.
 */
final class Inline {

    /** A tenth of a second for a lock, one for the whole. */
    static final TransactionLimits LIMITS = TransactionLimits.within(Duration.ofSeconds(1));

    private static final Logger log = LoggerFactory.getLogger(Inline.class);
    private static final int AT_ONCE = 4;

    /** Something that asks the side. */
    @FunctionalInterface
    interface Call {
        boolean run() throws SQLException;
    }

    private final CircuitBreaker breaker;
    private final Bulkhead bulkhead;

    Inline(String name) {
        this.breaker = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(20)
                        .minimumNumberOfCalls(5)
                        .failureRateThreshold(50)
                        .waitDurationInOpenState(Duration.ofSeconds(2))
                        .permittedNumberOfCallsInHalfOpenState(2)
                        .build());
        this.bulkhead = Bulkhead.of(
                name,
                BulkheadConfig.custom()
                        .maxConcurrentCalls(AT_ONCE)
                        .maxWaitDuration(Duration.ZERO)
                        .build());
    }

    /** What stands around the jobs that ask the same side. */
    CircuitBreaker breaker() {
        return breaker;
    }

    /** Whether it would be asked. */
    boolean well() {
        return breaker.getState() != CircuitBreaker.State.OPEN;
    }

    /** Answers what the call does, or false if it was not made or has failed. */
    boolean call(Call call) {
        if (!bulkhead.tryAcquirePermission()) {
            return false;
        }
        try {
            if (!breaker.tryAcquirePermission()) {
                return false;
            }
            return through(call);
        } finally {
            bulkhead.onComplete();
        }
    }

    private boolean through(Call call) {
        long start = System.nanoTime();
        try {
            boolean answer = call.run();
            breaker.onSuccess(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            return answer;
        } catch (Fenced changed) {
            breaker.releasePermission();
            log.debug("{}: not asked, for it has become the side in charge", breaker.getName(), changed);
            return false;
        } catch (SQLException | RuntimeException failure) {
            breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, failure);
            log.debug("{}: not done at once, a job does it", breaker.getName(), failure);
            return false;
        }
    }
}
