package io.penstock.run;

import io.penstock.handover.Signal;
import io.penstock.job.Limits;
import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent.AttemptStuck;
import io.penstock.observe.WorkerEvent.StuckAttemptEnded;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds attempts to their timeouts. One that is over its own is interrupted; one that goes on all the same for {@link
 * Limits#STUCK_AFTER} is given up: its end is written as a failure, and its slot gets another thread, so that no queue shrinks
 * for it. As many threads may be lost that way as there are slots; after that a stuck attempt keeps its slot.
 */
final class AttemptWatch implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(AttemptWatch.class);
    private static final long EVERY = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long REST = TimeUnit.SECONDS.toNanos(60);

    private final Collection<Running> running;
    private final AttemptRunner runner;
    private final SlotThreads threads;
    private final Events events;
    private final int most;
    private final Set<Running> stuck = ConcurrentHashMap.newKeySet();
    private final Signal signal = new Signal();
    private volatile boolean resting;
    private volatile boolean stopping;

    AttemptWatch(Collection<Running> running, AttemptRunner runner, SlotThreads threads, Events events, int most) {
        this.running = running;
        this.runner = runner;
        this.threads = threads;
        this.events = events;
        this.most = most;
    }

    /** There is something to watch. */
    void started() {
        if (resting) {
            signal.give();
        }
    }

    /** The handler of a given-up attempt has returned after all. */
    void ended(Running attempt) {
        if (stuck.remove(attempt)) {
            events.tell(new StuckAttemptEnded(
                    attempt.queue(),
                    attempt.job().type(),
                    attempt.job().attempt(),
                    attempt.run(System.nanoTime()),
                    stuck.size()));
        }
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                look(System.nanoTime());
                resting = running.isEmpty();
                signal.await(resting && running.isEmpty() ? REST : EVERY);
                resting = false;
            }
        } catch (InterruptedException interrupted) {
            log.debug("the watch over attempts was interrupted and ends", interrupted);
        }
    }

    void stop() {
        stopping = true;
        signal.give();
    }

    /** One look at every attempt. */
    void look(long now) {
        for (Running attempt : running) {
            if (attempt.timedOutFor(now) >= Limits.STUCK_AFTER.toNanos()) {
                giveUp(attempt, now);
            } else if (attempt.isOver(now)) {
                attempt.timeOut(now);
            }
        }
    }

    private void giveUp(Running attempt, long now) {
        if (stuck.size() < most && stuck.add(attempt)) {
            StackTraceElement[] stack = attempt.thread().getStackTrace();
            if (attempt.end(runner.givenUp(attempt, stack, now))) {
                threads.abandon(attempt.thread());
                running.remove(attempt);
                events.tell(new AttemptStuck(
                        attempt.queue(),
                        attempt.job().type(),
                        attempt.job().attempt(),
                        attempt.run(now),
                        List.of(stack),
                        stuck.size()));
            } else {
                stuck.remove(attempt);
            }
        }
    }
}
