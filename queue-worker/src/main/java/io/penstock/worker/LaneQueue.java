package io.penstock.worker;

import io.penstock.claim.QueueClaims;
import io.penstock.connect.Backoff;
import io.penstock.handover.Horizon;

/** One queue of a lane: its claims, when to look into it next, and whether it is left alone for a while after a failure. */
final class LaneQueue {

    private static final long SHORTEST_LOOK = 5_000_000L;
    private static final long LONGEST_LOOK = 1_000_000_000L;
    private static final long SLEEPY = 100_000_000L;

    final int id;
    final String name;
    final QueueClaims claims;
    /** The worker's number under which it was said that the queue sleeps; 0 if it is awake. */
    long asleepAs;
    /** Whether it has given jobs since. */
    boolean roused;

    private final Backoff backoff = new Backoff();
    private long notBefore = System.nanoTime();
    private long lookDelay = SHORTEST_LOOK;
    private long nextLook = System.nanoTime();
    private boolean lastLookDue;
    private boolean rateUsedUp;
    private long rateAllowsAt;

    LaneQueue(int id, String name) {
        this.id = id;
        this.name = name;
        this.claims = new QueueClaims(id);
    }

    /** Whether to look although nothing is known of work: rarer and rarer, down to once a second. */
    boolean lookDue(long now) {
        return now - nextLook >= 0;
    }

    long untilLook(long now) {
        return rateUsedUp ? rateAllowsAt - now : Math.max(nextLook, notBefore) - now;
    }

    /** Its rate lets nothing be started until then. */
    void rateUsedUp(long until) {
        rateUsedUp = true;
        rateAllowsAt = until;
    }

    boolean rateUsedUp() {
        return rateUsedUp;
    }

    /** Answers whether its rate lets something be started from now on. */
    boolean rateAllowsAgain(long now) {
        boolean again = rateUsedUp && now - rateAllowsAt >= 0;
        rateUsedUp &= !again;
        return again;
    }

    /** Whether it has been looked into in vain for a while and, as far as the horizon goes, nothing can have come since. */
    boolean atRest(Horizon horizon) {
        return sleepy() && !lastLookDue && claims.empty(horizon);
    }

    boolean sleepy() {
        return lookDelay >= SLEEPY;
    }

    /** One more look is due, whatever is known. */
    void lookAtOnce(long now) {
        nextLook = now;
        lastLookDue = true;
    }

    /** A claim has committed. */
    void looked(int found, long now) {
        roused |= found > 0 && asleepAs != 0;
        lastLookDue = false;
        lookDelay = found > 0 ? SHORTEST_LOOK : Math.min(lookDelay * 2, LONGEST_LOOK);
        nextLook = now + lookDelay;
    }

    /** Whether its last claim or write failed: then it is tried alone, so that it fails alone. */
    boolean failing() {
        return !backoff.fresh();
    }

    boolean leftAlone(long now) {
        return now - notBefore < 0;
    }

    /** Takes note of a failed claim or write; answers whether it is the first. */
    boolean failed(long now) {
        boolean first = backoff.fresh();
        notBefore = now + backoff.next().toNanos();
        return first;
    }

    /** Takes note of a claim that worked; answers whether the ones before had failed. */
    boolean recovered() {
        boolean before = failing();
        backoff.reset();
        return before;
    }
}
