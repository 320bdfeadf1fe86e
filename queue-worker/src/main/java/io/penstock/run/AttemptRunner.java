package io.penstock.run;

import io.penstock.error.RefusedException;
import io.penstock.handler.AttemptTimeoutException;
import io.penstock.handler.HandlerOptions;
import io.penstock.handler.JobMiddleware;
import io.penstock.handover.EndedAttempt;
import io.penstock.job.Checks;
import io.penstock.job.JobType;
import io.penstock.job.Limits;
import io.penstock.job.Outcome;
import io.penstock.payload.PayloadText;
import io.penstock.run.Running.Interruption;
import io.penstock.store.ClaimedJob;
import io.penstock.store.Ending;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Runs attempts: payload, middleware, handler, and what its outcome asks for. Safe for use by many threads. */
final class AttemptRunner {

    private static final Logger log = LoggerFactory.getLogger(AttemptRunner.class);
    private static final Duration AGAIN_LATER = Duration.ofMinutes(1);

    private final String worker;
    private final Handlers handlers;
    private final Yields yields;
    private final Set<String> unknownSeen = ConcurrentHashMap.newKeySet();

    AttemptRunner(String worker, Handlers handlers, Yields yields) {
        this.worker = worker;
        this.handlers = handlers;
        this.yields = yields;
    }

    /** Whatever happens, an ending is handed over: without one its slot would be lost, and its job run for ever. */
    EndedAttempt runSafely(Running running) {
        ClaimedJob job = running.job();
        try {
            return run(running);
        } catch (Throwable defect) {
            log.error(
                    "queue \"{}\": {} ended in a way that could not be described",
                    running.queue(),
                    job.attempt(),
                    defect);
            String failure = "{\"error\":\"" + defect.getClass().getName() + "\"}";
            return new EndedAttempt(job, retry(job, failure, AGAIN_LATER, job.maxAttempts()), false, Duration.ZERO);
        }
    }

    /** The end of an attempt whose handler has not returned. */
    EndedAttempt givenUp(Running running, StackTraceElement[] stack, long now) {
        ClaimedJob job = running.job();
        AttemptTimeoutException error = new AttemptTimeoutException(running.timeout(), null);
        error.setStackTrace(stack);
        Registration<?> registration = handlers.registrations().get(job.type());
        HandlerOptions options = registration == null ? HandlerOptions.DEFAULT : registration.options();
        Duration run = running.run(now);
        return new EndedAttempt(
                job, failed(job, options, new Outcome.Failed(error, null), run), running.completedByHandler(), run);
    }

    private EndedAttempt run(Running running) {
        ClaimedJob job = running.job();
        String expired = OwnMetadata.expired(job);
        if (expired != null) {
            return new EndedAttempt(job, Ending.discarded(job.attempt(), expired, null), false, Duration.ZERO);
        }
        Registration<?> registration = handlers.registrations().get(job.type());
        if (registration == null) {
            return new EndedAttempt(job, unknown(running, "no handler for its type", null), false, Duration.ZERO);
        }
        int version = OwnMetadata.payloadVersion(job);
        if (!registration.type().reads(version)) {
            return new EndedAttempt(
                    job, unknown(running, "no way to read its version " + version, version), false, Duration.ZERO);
        }
        return run(running, version, registration);
    }

    private <P extends Record> EndedAttempt run(Running running, int version, Registration<P> registration) {
        ClaimedJob job = running.job();
        P payload;
        try {
            payload = registration.type().read(version, job.payload(), handlers.serializer());
        } catch (RefusedException refused) {
            String reason = FailureText.storable(String.valueOf(refused.getMessage()), Limits.REASON_CHARACTERS);
            String failure = FailureText.of(job, refused, Duration.ZERO, worker);
            return new EndedAttempt(job, Ending.discarded(job.attempt(), reason, failure), false, Duration.ZERO);
        }
        HandlerOptions options = registration.options();
        AttemptContext<P> context = new AttemptContext<>(
                job,
                running.queue(),
                payload,
                maxAttempts(job, options),
                handlers.serializer(),
                running::cancelled,
                () -> yields.ask(running),
                running::say);
        long start = System.nanoTime();
        running.handled(context, options.timeout());
        Outcome outcome = outcome(registration, context, running);
        Duration run = Duration.ofNanos(System.nanoTime() - start);
        if (context.completed()) {
            Outcome.Failed failed = outcome instanceof Outcome.Failed asSaid
                    ? asSaid
                    : new Outcome.Failed(
                            new IllegalStateException(
                                    "the handler completed the job in its own transaction, which was then rolled back"),
                            null);
            return new EndedAttempt(job, failed(job, options, failed, run), true, run);
        }
        return new EndedAttempt(job, ending(running, options, outcome, run), false, run);
    }

    /** Every kind of failure of a handler ends this attempt only; the thread goes on to the next. */
    private <P extends Record> Outcome outcome(
            Registration<P> registration, AttemptContext<P> context, Running running) {
        MDC.put("penstock.queue", context.queue());
        MDC.put("penstock.type", context.type());
        MDC.put("penstock.job", context.attempt().jobId().toString());
        MDC.put("penstock.attempt", String.valueOf(context.attempt().number()));
        try {
            JobMiddleware.Next handler = around(
                    registration.options().around(),
                    context,
                    () -> registration.handler().handle(context));
            Outcome outcome = around(handlers.middleware(), context, handler).run();
            return outcome == null
                    ? Outcome.failed(new NullPointerException(
                            "the handler of " + context.type() + " returned null, expected an outcome"))
                    : outcome;
        } catch (Throwable failure) {
            return meaning(registration.options(), failure, running);
        } finally {
            MDC.remove("penstock.queue");
            MDC.remove("penstock.type");
            MDC.remove("penstock.job");
            MDC.remove("penstock.attempt");
        }
    }

    private static JobMiddleware.Next around(
            List<JobMiddleware> middleware, AttemptContext<?> context, JobMiddleware.Next inner) {
        JobMiddleware.Next next = inner;
        for (int index = middleware.size() - 1; index >= 0; index--) {
            JobMiddleware one = middleware.get(index);
            JobMiddleware.Next inside = next;
            next = () -> one.around(context, inside);
        }
        return next;
    }

    private static Outcome meaning(HandlerOptions options, Throwable failure, Running running) {
        if (running.cancelled()) {
            return Outcome.cancelled("its cancellation was asked for while it ran");
        }
        boolean stopping = running.interruptedBy(Interruption.STOPPING) && failure instanceof InterruptedException;
        Throwable error = running.interruptedBy(Interruption.TIMEOUT)
                ? new AttemptTimeoutException(options.timeout(), failure)
                : failure;
        try {
            return stopping ? Outcome.yielded() : options.outcomeOf(error);
        } catch (RuntimeException second) {
            second.addSuppressed(error);
            return Outcome.failed(second);
        }
    }

    private Ending ending(Running running, HandlerOptions options, Outcome outcome, Duration run) {
        ClaimedJob job = running.job();
        if (outcome instanceof Outcome.Completed completed) {
            Record result = completed.result();
            return result == null ? Ending.completed(job.attempt()) : Ending.completed(job.attempt(), text(result));
        } else if (outcome instanceof Outcome.Snoozed snoozed) {
            return Ending.snoozed(job.attempt(), snoozed.delay(), snoozed.reason());
        } else if (outcome instanceof Outcome.Yielded) {
            return Ending.released(job.attempt());
        } else if (outcome instanceof Outcome.Discarded discarded) {
            return Ending.discarded(job.attempt(), discarded.reason(), null);
        } else if (outcome instanceof Outcome.Cancelled cancelled) {
            return Ending.cancelled(job.attempt(), cancelled.reason());
        }
        return failed(job, options, (Outcome.Failed) outcome, run);
    }

    /** The work is done: a result that cannot be kept is no reason to do it again. */
    private String text(Record result) {
        try {
            return PayloadText.check("result", handlers.serializer().write(result), Limits.RESULT_BYTES);
        } catch (RuntimeException refused) {
            return FailureText.refused(refused);
        }
    }

    private Ending failed(ClaimedJob job, HandlerOptions options, Outcome.Failed failed, Duration run) {
        Duration asked = failed.retryAfter();
        Duration delay = asked != null
                ? asked
                : options.retryPolicy().delayAfter(job.attempt().number(), ThreadLocalRandom.current());
        return retry(job, FailureText.of(job, failed.error(), run, worker), delay, maxAttempts(job, options));
    }

    private static int maxAttempts(ClaimedJob job, HandlerOptions options) {
        return Math.min(job.maxAttempts(), options.maxAttempts());
    }

    private static Ending retry(ClaimedJob job, String failure, Duration delay, int maxAttempts) {
        int number = job.attempt().number();
        return number >= maxAttempts
                ? Ending.discarded(job.attempt(), "failed on the last of " + number + " attempts", failure)
                : Ending.retryable(job.attempt(), delay, failure);
    }

    private Ending unknown(Running running, String reason, @Nullable Integer version) {
        ClaimedJob job = running.job();
        String known = version == null ? job.type() : job.type() + " " + JobType.VERSION_KEY + " " + version;
        if (unknownSeen.add(running.queue() + " " + known)) {
            log.warn(
                    "queue \"{}\": expected one of the job types {} in a version that they read, found {}; such jobs {}."
                            + " Register a handler, or keep them out of this queue",
                    running.queue(),
                    handlers.registrations().keySet(),
                    Checks.quoted(known),
                    handlers.unknownTypes() == UnknownTypePolicy.WAIT ? "wait" : "are discarded");
        }
        return handlers.unknownTypes() == UnknownTypePolicy.WAIT
                ? Ending.snoozed(job.attempt(), waitForOthers(job), reason + " " + Checks.quoted(job.type()))
                : Ending.discarded(job.attempt(), reason + " " + Checks.quoted(job.type()), null);
    }

    /** A second at first, for there may be a worker beside this one that knows it; longer each time, up to a minute. */
    private static Duration waitForOthers(ClaimedJob job) {
        long claimedInVain =
                Math.max(0, job.attempt().leaseToken() - job.attempt().number());
        Duration wait = Duration.ofSeconds(1L << Math.min(claimedInVain, 6));
        return wait.compareTo(AGAIN_LATER) < 0 ? wait : AGAIN_LATER;
    }
}
