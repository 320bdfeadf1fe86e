package io.penstock.downstream;

import io.penstock.job.Checks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many calls something takes at once, found by additive increase and multiplicative decrease (D.-M. Chiu and R. Jain, 1989): a
 * failure halves it, and as many successes as it allows raise it by one. Calls that had begun before it was halved do not
 * halve it again, so that one burst of failures counts once. Safe for use by many threads.
 */
final class AdaptiveLimit {

    /** The answer to who may not call now. */
    static final int REFUSED = -1;

    private static final double DECREASE = 0.5;
    private static final Logger log = LoggerFactory.getLogger("io.penstock.downstream");

    private final String name;
    private final int least;
    private final int most;
    private double limit;
    private int running;
    private int halved;

    /** A limit that is as high as it may be until something fails. */
    AdaptiveLimit(String name, int least, int most) {
        this.name = name;
        this.least = least;
        this.most = most;
        this.limit = most;
    }

    /** Answers what to end the call with, or {@link #REFUSED}. */
    synchronized int begin() {
        if (running >= (int) limit) {
            return REFUSED;
        }
        running++;
        return halved;
    }

    /** A call has succeeded. It says something of the limit only if that was nearly used. */
    synchronized void succeeded() {
        boolean used = running * 2 > (int) limit;
        running--;
        if (used && limit < most) {
            limit = Math.min(most, limit + 1 / limit);
            if (limit == most) {
                log.info("downstream \"{}\": {} calls at once again, as many as it may be", name, most);
            }
        }
    }

    /** A call has failed that had begun with the answer given. */
    synchronized void failed(int begun) {
        running--;
        if (begun == halved) {
            halved++;
            if (limit == most) {
                log.warn(
                        "downstream \"{}\": a call failed with {} at once; fewer are let through now, down to {}, and more as they succeed:"
                                + " the other jobs are snoozed, without losing an attempt",
                        name,
                        running + 1,
                        least);
            }
            limit = Math.max(least, limit * DECREASE);
        }
    }

    /** A call has ended that says nothing. */
    synchronized void ended() {
        running--;
    }

    /** Why somebody was refused. */
    synchronized String words() {
        return "downstream " + Checks.quoted(name) + " takes " + (int) limit + " calls at once";
    }

    synchronized int limit() {
        return (int) limit;
    }
}
