package io.penstock.run;

import io.penstock.error.RefusedException;
import io.penstock.handover.EndedAttempt;
import io.penstock.job.Checks;
import io.penstock.job.Limits;
import io.penstock.job.Outcome;
import io.penstock.job.PayloadSerializer;
import io.penstock.run.SlotThreads.Refusal;
import io.penstock.store.ClaimedJob;
import io.penstock.store.Ending;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs attempts, each on a platform thread of its own. How many at once is not decided here: an attempt arrives with its
 * permit. Safe for use by many threads.
 */
public final class Slots {

    private static final Logger log = LoggerFactory.getLogger(Slots.class);
    private static final Duration AGAIN_LATER = Duration.ofMinutes(1);

    private final String worker;
    private final Map<String, Registration<?>> registrations;
    private final UnknownTypePolicy unknownTypes;
    private final PayloadSerializer serializer;
    private final Set<String> unknownSeen = ConcurrentHashMap.newKeySet();
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();
    private final SlotThreads threads;
    private volatile boolean stopping;

    /**
     * Slots without a thread yet; each thread that has been idle for a minute ends.
     *
     * @param most at most so many attempts arrive at once; a thread is there for each of them
     */
    public Slots(
            String worker,
            int most,
            Map<String, Registration<?>> registrations,
            UnknownTypePolicy unknownTypes,
            PayloadSerializer serializer) {
        this.worker = worker;
        this.registrations = Map.copyOf(registrations);
        this.unknownTypes = unknownTypes;
        this.serializer = serializer;
        this.threads = new SlotThreads("penstock-" + worker + "-slot-", most);
    }

    /**
     * Starts attempts of one queue.
     *
     * @param started called for each before anything else, on the thread that it runs on
     * @param ended called for each with its ending, on the same thread
     */
    public void start(List<ClaimedJob> jobs, String queue, Consumer<ClaimedJob> started, Consumer<EndedAttempt> ended) {
        threads.execute(
                jobs.stream().map(job -> new Start(job, queue, started, ended)).toList());
    }

    private final class Start implements SlotThreads.Task {

        private final ClaimedJob job;
        private final String queue;
        private final Consumer<ClaimedJob> started;
        private final Consumer<EndedAttempt> ended;

        Start(ClaimedJob job, String queue, Consumer<ClaimedJob> started, Consumer<EndedAttempt> ended) {
            this.job = job;
            this.queue = queue;
            this.started = started;
            this.ended = ended;
        }

        @Override
        public void run() {
            started.accept(job);
            ended.accept(runSafely(job, queue));
        }

        @Override
        public void refuse(Refusal why) {
            started.accept(job);
            Ending ending = Ending.released(job.attempt());
            if (why == Refusal.NO_THREAD) {
                log.error(
                        "queue \"{}\": no thread for {}, it runs again later; lower the capacity, or raise the limit of"
                                + " threads",
                        queue,
                        job.attempt());
                ending = Ending.snoozed(job.attempt(), Duration.ofSeconds(1));
            }
            ended.accept(new EndedAttempt(job, ending, false, Duration.ZERO));
        }
    }

    /** Interrupts every handler that runs: what they were running belongs to others now. */
    public void interrupt() {
        running.forEach(Thread::interrupt);
    }

    /** As {@link #interrupt}, because the worker stops: who ends by it gives its job back, the attempt not charged. */
    public void stop() {
        stopping = true;
        threads.stop();
    }

    /** Whatever happens, an ending is handed over: without one its slot would be lost, and its job run for ever. */
    private EndedAttempt runSafely(ClaimedJob job, String queue) {
        try {
            return run(job, queue);
        } catch (Throwable defect) {
            log.error("queue \"{}\": {} ended in a way that could not be described", queue, job.attempt(), defect);
            String failure = "{\"error\":\"" + defect.getClass().getName() + "\"}";
            Ending ending = job.attempt().number() >= job.maxAttempts()
                    ? Ending.discarded(job.attempt(), "failed in a way that could not be described", failure)
                    : Ending.retryable(job.attempt(), AGAIN_LATER, failure);
            return new EndedAttempt(job, ending, false, Duration.ZERO);
        }
    }

    private EndedAttempt run(ClaimedJob job, String queue) {
        Registration<?> registration = registrations.get(job.type());
        if (registration == null) {
            return new EndedAttempt(job, unknown(job, queue), false, Duration.ZERO);
        }
        return run(job, queue, registration);
    }

    private <P extends Record> EndedAttempt run(ClaimedJob job, String queue, Registration<P> registration) {
        P payload;
        try {
            payload = serializer.read(job.payload(), registration.type().payloadClass());
        } catch (RefusedException refused) {
            String reason = FailureText.storable(String.valueOf(refused.getMessage()), Limits.REASON_CHARACTERS);
            return new EndedAttempt(
                    job,
                    Ending.discarded(job.attempt(), reason, failure(job, refused, Duration.ZERO)),
                    false,
                    Duration.ZERO);
        }
        AttemptContext<P> context = new AttemptContext<>(job, queue, payload);
        long start = System.nanoTime();
        Outcome outcome = outcome(registration, context);
        Duration run = Duration.ofNanos(System.nanoTime() - start);
        if (context.completed()) {
            Throwable error = outcome instanceof Outcome.Failed failed
                    ? failed.error()
                    : new IllegalStateException(
                            "the handler completed the job in its own transaction, which was then rolled back");
            return new EndedAttempt(job, failed(job, registration, error, run), true, run);
        }
        return new EndedAttempt(job, ending(job, registration, outcome, run), false, run);
    }

    /** Every kind of failure of a handler ends this attempt only; the thread goes on to the next. */
    private <P extends Record> Outcome outcome(Registration<P> registration, AttemptContext<P> context) {
        running.add(Thread.currentThread());
        try {
            Outcome outcome = registration.handler().handle(context);
            return outcome == null
                    ? Outcome.failed(new NullPointerException(
                            "the handler of " + context.type() + " returned null, expected an outcome"))
                    : outcome;
        } catch (Throwable failure) {
            return Outcome.failed(failure);
        } finally {
            running.remove(Thread.currentThread());
        }
    }

    private Ending ending(ClaimedJob job, Registration<?> registration, Outcome outcome, Duration run) {
        if (outcome instanceof Outcome.Completed) {
            return Ending.completed(job.attempt());
        } else if (outcome instanceof Outcome.Snoozed snoozed) {
            return Ending.snoozed(job.attempt(), snoozed.delay());
        } else if (outcome instanceof Outcome.Discarded discarded) {
            return Ending.discarded(job.attempt(), discarded.reason(), null);
        } else if (outcome instanceof Outcome.Cancelled cancelled) {
            return Ending.cancelled(job.attempt(), cancelled.reason());
        }
        Throwable error = ((Outcome.Failed) outcome).error();
        return stopping && error instanceof InterruptedException
                ? Ending.released(job.attempt())
                : failed(job, registration, error, run);
    }

    private Ending failed(ClaimedJob job, Registration<?> registration, Throwable error, Duration run) {
        int number = job.attempt().number();
        if (number >= job.maxAttempts()) {
            return Ending.discarded(
                    job.attempt(), "failed on the last of " + number + " attempts", failure(job, error, run));
        }
        Duration delay = registration.retryPolicy().delayAfter(number, ThreadLocalRandom.current());
        return Ending.retryable(job.attempt(), delay, failure(job, error, run));
    }

    private Ending unknown(ClaimedJob job, String queue) {
        if (unknownSeen.add(queue + " " + job.type())) {
            log.warn(
                    "queue \"{}\": expected one of the job types {}, found {}; such jobs {}. Register a handler, or keep"
                            + " them out of this queue",
                    queue,
                    registrations.keySet(),
                    Checks.quoted(job.type()),
                    unknownTypes == UnknownTypePolicy.WAIT ? "wait" : "are discarded");
        }
        return unknownTypes == UnknownTypePolicy.WAIT
                ? Ending.snoozed(job.attempt(), AGAIN_LATER)
                : Ending.discarded(job.attempt(), "no handler for its type " + Checks.quoted(job.type()), null);
    }

    private String failure(ClaimedJob job, Throwable error, Duration run) {
        return FailureText.of(job, error, run, worker);
    }
}
