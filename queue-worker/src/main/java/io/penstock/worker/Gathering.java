package io.penstock.worker;

import io.penstock.complete.Completer;
import io.penstock.dispatch.Dispatcher;
import io.penstock.job.Limits;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Lets a lane wait for other attempts to end before it writes one. Where attempts end faster than rounds take, each round
 * is better off with many of them: so if nothing can be claimed before one of them is written, others are waited for, for as
 * long as a round takes, provided that at least one more is expected to end within that time. A lane whose attempts take
 * longer never waits. For use by the lane's thread.
 */
final class Gathering {

    private static final long LONGEST = Duration.ofMillis(5).toNanos();
    private static final int SMOOTHING = 8;

    private final Dispatcher dispatcher;
    private final Completer completer;
    private final Set<Integer> queues;
    private long roundTime;

    Gathering(Dispatcher dispatcher, Completer completer, Set<Integer> queues) {
        this.dispatcher = dispatcher;
        this.completer = completer;
        this.queues = queues;
    }

    /** A round's transaction has taken so many nanoseconds. */
    void roundTook(long nanoseconds) {
        roundTime += (nanoseconds - roundTime) / SMOOTHING;
    }

    /**
     * Waits, if it is worth it.
     *
     * @param inHand attempts that have not been written yet, whether they have ended or not
     * @param claimable whether anything can be claimed as it is
     */
    void await(int inHand, BooleanSupplier claimable) throws InterruptedException {
        long patience = Math.min(roundTime, LONGEST);
        if (completer.size() > 0 && dispatcher.expectedToEnd(queues, patience) >= 1) {
            completer.gather(Math.min(inHand, Limits.CLAIM_BATCH), patience, claimable);
        }
    }
}
