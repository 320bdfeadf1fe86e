package io.penstock.connect;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The links of one worker take turns in trying to reach a server that is away: the first try is at once, the next about a second
 * later, by whichever link asks first. As soon as one has reached it, all may. So a server that comes back meets one try a second
 * of each worker, and has all links again within little more than that. Safe for use by many threads.
 */
public final class Turns {

    /** How soon who had no turn asks again, which costs nothing. */
    static final Duration ASK_AGAIN = Duration.ofMillis(100);

    private static final IntervalFunction INTERVALS = IntervalFunction.ofRandomized(Duration.ofSeconds(1), 0.2);

    private boolean away;
    private long next;

    /** A link has lost its connection: perhaps the server is away. */
    synchronized void lost(long now) {
        if (!away) {
            away = true;
            next = now;
        }
    }

    /** Whether a link may try to connect now; then nobody else may for a while. */
    synchronized boolean take(long now) {
        if (away && now - next < 0) {
            return false;
        }
        next = now + TimeUnit.MILLISECONDS.toNanos(INTERVALS.apply(1));
        return true;
    }

    /** A link has connected. */
    synchronized void reached() {
        away = false;
    }
}
