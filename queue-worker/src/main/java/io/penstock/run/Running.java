package io.penstock.run;

import io.penstock.handover.EndedAttempt;
import io.penstock.store.ClaimedJob;
import io.penstock.store.ProgressStore.Said;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt on its thread. It ends once: by its handler's return, or by being given up. Whoever interrupts it interrupts
 * nobody else: its thread goes on to another attempt only after this one has ended. Safe for use by many threads.
 */
final class Running {

    /** Why an attempt was interrupted. */
    enum Interruption {
        TIMEOUT,
        CANCELLED,
        FENCED,
        STOPPING
    }

    private final ClaimedJob job;
    private final String queue;
    private final Consumer<EndedAttempt> ended;
    private final Thread thread = Thread.currentThread();
    private final long since = System.nanoTime();
    private volatile @Nullable AttemptContext<?> context;
    private volatile Duration timeout = Duration.ZERO;
    private volatile long deadline = Long.MAX_VALUE;
    private long timedOutAt = Long.MAX_VALUE;
    private final AtomicReference<@Nullable Said> said = new AtomicReference<>();
    private volatile boolean cancelled;
    private @Nullable Interruption interruption;
    private boolean over;

    Running(ClaimedJob job, String queue, Consumer<EndedAttempt> ended) {
        this.job = job;
        this.queue = queue;
        this.ended = ended;
    }

    ClaimedJob job() {
        return job;
    }

    String queue() {
        return queue;
    }

    Thread thread() {
        return thread;
    }

    /** The handler is about to be called. */
    void handled(AttemptContext<?> attemptContext, Duration handlerTimeout) {
        context = attemptContext;
        timeout = handlerTimeout;
        deadline = System.nanoTime() + handlerTimeout.toNanos();
    }

    Duration timeout() {
        return timeout;
    }

    /** Whether its time is over. */
    boolean isOver(long now) {
        return deadline != Long.MAX_VALUE && now - deadline >= 0;
    }

    /** Interrupts it once because its time is over. */
    synchronized void timeOut(long now) {
        if (timedOutAt == Long.MAX_VALUE) {
            timedOutAt = now;
            interrupt(Interruption.TIMEOUT);
        }
    }

    /** Interrupts it once because its cancellation was asked for. */
    synchronized void cancel() {
        if (!cancelled) {
            cancelled = true;
            interrupt(Interruption.CANCELLED);
        }
    }

    boolean cancelled() {
        return cancelled;
    }

    /** How long ago it was interrupted because its time was over; less than zero if it was not. */
    synchronized long timedOutFor(long now) {
        return timedOutAt == Long.MAX_VALUE ? -1 : now - timedOutAt;
    }

    Duration run(long now) {
        return Duration.ofNanos(now - since);
    }

    void say(Said progress) {
        said.set(progress);
    }

    /** What the handler said of its progress since this was asked last; null if nothing. */
    @Nullable
    Said takeSaid() {
        return said.getAndSet(null);
    }

    boolean completedByHandler() {
        AttemptContext<?> known = context;
        return known != null && known.completed();
    }

    /** Interrupts the handler, unless the attempt has ended. The first reason is kept. */
    synchronized void interrupt(Interruption reason) {
        if (!over) {
            if (interruption == null) {
                interruption = reason;
            }
            thread.interrupt();
        }
    }

    synchronized boolean interrupted() {
        return interruption != null;
    }

    synchronized boolean interruptedBy(Interruption reason) {
        return interruption == reason;
    }

    synchronized boolean ended() {
        return over;
    }

    /** Ends it with an ending that is made if it has not ended before; answers whether it was made. */
    boolean end(EndedAttempt ending) {
        synchronized (this) {
            if (over) {
                return false;
            }
            over = true;
        }
        ended.accept(ending);
        return true;
    }
}
