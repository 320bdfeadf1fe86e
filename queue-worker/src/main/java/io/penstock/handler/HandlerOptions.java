package io.penstock.handler;

import io.penstock.job.Checks;
import io.penstock.job.Limits;
import io.penstock.job.Outcome;
import io.penstock.job.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** How the attempts of one handler are run. Immutable: each method answers a changed copy. */
public final class HandlerOptions {

    public static final HandlerOptions DEFAULT = new HandlerOptions(
            RetryPolicy.DEFAULT, Limits.MAX_ATTEMPTS, Limits.DEFAULT_ATTEMPT_TIMEOUT, Map.of(), List.of());

    private final RetryPolicy retryPolicy;
    private final int maxAttempts;
    private final Duration timeout;
    private final Map<Class<? extends Throwable>, Function<Throwable, Outcome>> onError;
    private final List<JobMiddleware> around;

    private HandlerOptions(
            RetryPolicy retryPolicy,
            int maxAttempts,
            Duration timeout,
            Map<Class<? extends Throwable>, Function<Throwable, Outcome>> onError,
            List<JobMiddleware> around) {
        this.retryPolicy = retryPolicy;
        this.maxAttempts = maxAttempts;
        this.timeout = timeout;
        this.onError = onError;
        this.around = around;
    }

    /** How long a failed job waits for its next attempt; {@link RetryPolicy#DEFAULT} unless set. */
    public HandlerOptions retryPolicy(RetryPolicy policy) {
        return new HandlerOptions(Checks.present("retry policy", policy), maxAttempts, timeout, onError, around);
    }

    /**
     * After how many attempts a failed job is discarded, if it does not allow fewer itself; as many as it allows unless set.
     *
     * @param value 1 to {@link Limits#MAX_ATTEMPTS}
     */
    public HandlerOptions maxAttempts(int value) {
        return new HandlerOptions(
                retryPolicy, Checks.within("max attempts", value, 1, Limits.MAX_ATTEMPTS), timeout, onError, around);
    }

    /**
     * How long an attempt may run; an hour unless set. Then its thread is interrupted, and the attempt fails with an {@link
     * AttemptTimeoutException} unless the handler answers an outcome all the same. A handler that goes on for {@link
     * Limits#STUCK_AFTER} more is given up: its attempt fails, another thread takes its slot, and its own is counted as stuck
     * until it ends. Kept to within a fifth of a second.
     */
    public HandlerOptions timeout(Duration value) {
        return new HandlerOptions(
                retryPolicy,
                maxAttempts,
                Checks.within("attempt timeout", value, Duration.ofMillis(1), Limits.LONGEST_ATTEMPT_TIMEOUT),
                onError,
                around);
    }

    /**
     * What an exception of a type means; a failed attempt unless set. Of several types that fit, the nearest counts.
     *
     * <pre>{@code
     * HandlerOptions.DEFAULT
     *         .on(NoSuchCustomer.class, error -> Outcome.discarded(error.getMessage()))
     *         .on(RateLimited.class, error -> Outcome.snoozed(error.retryAfter()))
     * }</pre>
     */
    public <E extends Throwable> HandlerOptions on(Class<E> type, Function<? super E, Outcome> outcome) {
        Checks.present("exception type", type);
        Checks.present("outcome of " + type.getName(), outcome);
        Map<Class<? extends Throwable>, Function<Throwable, Outcome>> changed = new LinkedHashMap<>(onError);
        changed.put(type, error -> outcome.apply(type.cast(error)));
        return new HandlerOptions(retryPolicy, maxAttempts, timeout, Map.copyOf(changed), around);
    }

    /**
     * What stands around this handler, inside what stands around all of the worker's; the first one is the outermost. Adds to what
     * was set before.
     *
     * @see io.penstock.downstream.Downstream
     */
    public HandlerOptions around(JobMiddleware... middleware) {
        List<JobMiddleware> all = new ArrayList<>(around);
        for (JobMiddleware one : middleware) {
            all.add(Checks.present("middleware", one));
        }
        return new HandlerOptions(retryPolicy, maxAttempts, timeout, onError, List.copyOf(all));
    }

    public List<JobMiddleware> around() {
        return around;
    }

    public RetryPolicy retryPolicy() {
        return retryPolicy;
    }

    public int maxAttempts() {
        return maxAttempts;
    }

    public Duration timeout() {
        return timeout;
    }

    /** What an exception means. */
    public Outcome outcomeOf(Throwable error) {
        for (Class<?> type = error.getClass(); type != null; type = type.getSuperclass()) {
            Function<Throwable, Outcome> outcome = onError.get(type);
            if (outcome != null) {
                return Checks.present("outcome of " + type.getName(), outcome.apply(error));
            }
        }
        return Outcome.failed(error);
    }
}
