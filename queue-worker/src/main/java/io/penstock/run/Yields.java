package io.penstock.run;

import java.util.HashSet;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/**
 * Which attempts are asked to give their slots back. No more of them than there are slots needed, since the others would end for
 * nothing; and who was asked stays asked. Safe for use by many threads.
 */
final class Yields {

    private final IntUnaryOperator surplus;
    private final Set<Running> asked = new HashSet<>();
    private boolean all;

    /** The surplus is how many attempts had better give their slots back, as those of a queue are to see it. */
    Yields(IntUnaryOperator surplus) {
        this.surplus = surplus;
    }

    /** Whether this attempt is to end. */
    synchronized boolean ask(Running attempt) {
        if (all || asked.contains(attempt)) {
            return true;
        }
        asked.removeIf(Running::ended);
        boolean needed = asked.size() < surplus.applyAsInt(attempt.job().leaf().queueId());
        if (needed) {
            asked.add(attempt);
        }
        return needed;
    }

    /** All are asked from now on. */
    synchronized void all() {
        all = true;
    }
}
