package io.penstock.run;

import io.penstock.handover.EndedAttempt;
import io.penstock.job.Attempt;
import io.penstock.observe.Events;
import io.penstock.run.Running.Interruption;
import io.penstock.run.SlotThreads.Refusal;
import io.penstock.store.ClaimedJob;
import io.penstock.store.Ending;
import io.penstock.store.ProgressStore.Said;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs attempts, each on a platform thread of its own. How many at once is not decided here: an attempt arrives with its
 * permit. Safe for use by many threads.
 */
public final class Slots {

    private static final Logger log = LoggerFactory.getLogger(Slots.class);

    private final Set<Running> running = ConcurrentHashMap.newKeySet();
    private final AttemptRunner runner;
    private final Yields yields;
    private final SlotThreads threads;
    private final @Nullable VirtualThreads virtualThreads;
    private final Set<String> onVirtualThreads;
    private final AttemptWatch watch;
    private volatile Map<UUID, Long> cancelled = Map.of();

    /**
     * Slots without a thread yet; each thread that has been idle for a minute ends.
     *
     * @param most at most so many attempts arrive at once; a thread is there for each of them
     * @param onVirtualThreads the queues whose attempts run on virtual threads
     * @param surplus how many attempts had better give their slots back, as a queue's attempts are to see it
     */
    public Slots(
            String worker,
            int most,
            Handlers handlers,
            Set<String> onVirtualThreads,
            IntUnaryOperator surplus,
            Events events) {
        this.yields = new Yields(surplus);
        this.runner = new AttemptRunner(worker, handlers, yields);
        this.threads = new SlotThreads("penstock-" + worker + "-slot-", most);
        this.onVirtualThreads = Set.copyOf(onVirtualThreads);
        this.virtualThreads =
                onVirtualThreads.isEmpty() ? null : new VirtualThreads("penstock-" + worker + "-virtual-");
        this.watch = new AttemptWatch(running, runner, threads, events, most);
        Thread watching = new Thread(watch, "penstock-" + worker + "-watch");
        watching.setDaemon(true);
        watching.start();
    }

    /**
     * Starts attempts of one queue.
     *
     * @param started called for each before anything else, on the thread that it runs on
     * @param ended called for each with its ending, on the same thread
     */
    public void start(List<ClaimedJob> jobs, String queue, Consumer<ClaimedJob> started, Consumer<EndedAttempt> ended) {
        List<Start> starts =
                jobs.stream().map(job -> new Start(job, queue, started, ended)).toList();
        if (virtualThreads != null && onVirtualThreads.contains(queue)) {
            virtualThreads.execute(starts);
        } else {
            threads.execute(starts);
        }
    }

    /** Runs one attempt on the caller's thread, as one of its own would; answers its ending. */
    public EndedAttempt run(ClaimedJob job, String queue) {
        AtomicReference<@Nullable EndedAttempt> ending = new AtomicReference<>();
        Running attempt = new Running(job, queue, ending::set);
        run(attempt);
        if (attempt.interrupted()) {
            Thread.interrupted(); // it was meant for the attempt that has ended
        }
        EndedAttempt ended = ending.get();
        if (ended == null) {
            throw new IllegalStateException("queue \"" + queue + "\": " + job.attempt() + " ran and has no ending");
        }
        return ended;
    }

    private void run(Running attempt) {
        running.add(attempt);
        if (toBeCancelled(attempt)) {
            attempt.cancel();
        }
        watch.started();
        boolean inTime = attempt.end(runner.runSafely(attempt));
        running.remove(attempt);
        if (!inTime) {
            watch.ended(attempt);
        }
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
            Slots.this.run(new Running(job, queue, ended));
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
                ending = Ending.snoozed(job.attempt(), Duration.ofSeconds(1), "no thread for it");
            }
            ended.accept(new EndedAttempt(job, ending, false, Duration.ZERO));
        }
    }

    /**
     * Interrupts the attempts that are to be cancelled, those that run and those that are about to, once each.
     *
     * @param leaseTokens by job
     */
    public void cancel(Map<UUID, Long> leaseTokens) {
        cancelled = leaseTokens;
        if (!leaseTokens.isEmpty()) {
            running.stream().filter(this::toBeCancelled).forEach(Running::cancel);
        }
    }

    private boolean toBeCancelled(Running attempt) {
        Attempt known = attempt.job().attempt();
        Long leaseToken = cancelled.get(known.jobId());
        return leaseToken != null && leaseToken == known.leaseToken();
    }

    /** What handlers said of their progress since this was asked last. */
    public List<Said> takeProgress() {
        return running.stream()
                .map(Running::takeSaid)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
    }

    /** Looks which attempts are over their time by now, as is done by itself ten times a second. */
    void look(long now) {
        watch.look(now);
    }

    /** Asks every attempt to give its slot back, those that are about to start too. */
    public void drain() {
        yields.all();
    }

    /** Interrupts every handler that runs: what they were running belongs to others now. */
    public void interrupt() {
        running.forEach(attempt -> attempt.interrupt(Interruption.FENCED));
    }

    /** As {@link #interrupt}, because the worker stops: who ends by it gives its job back, the attempt not charged. */
    public void stop() {
        running.forEach(attempt -> attempt.interrupt(Interruption.STOPPING));
        threads.stop();
        watch.stop();
    }
}
