package io.penstock.dispatch;

import java.util.List;

/**
 * Which loans of idle guaranteed slots can be made such that each lender has its slots back in time.
 *
 * <p>What headroom covers comes back at once, so anybody may borrow it. Of what it does not cover, a loan is <em>short</em>
 * if it is expected to end within the horizon of each lender. Long ones may take only what nobody is guaranteed, or what lenders
 * offer for long loans. Slots on hold are not lent. Neither rule stops the first loan: whatever is guaranteed to others, one borrower at a time runs, so that a
 * queue without a guarantee makes progress.
 */
final class Loans {

    private final int capacity;
    private final double horizon;
    private final int onHold;
    private final int promised;
    private final int covered;
    private int running;
    private int own;
    private int longLoans;

    Loans(List<QueueLoad> loads, int capacity, int headroom) {
        this.capacity = capacity;
        double strictest = Double.POSITIVE_INFINITY;
        int toLenders = 0;
        int counted = 0;
        int held = 0;
        for (QueueLoad load : loads) {
            running += load.running();
            own += load.own();
            toLenders += load.promised();
            counted += load.onHeadroom(load.promised());
            held += load.onHold();
            if (load.promised() > load.running()) {
                strictest = Math.min(strictest, load.horizon());
            }
        }
        horizon = strictest;
        onHold = held;
        promised = toLenders;
        covered = Math.min(headroom, counted);
        for (QueueLoad load : loads) {
            longLoans += isLong(load) ? load.borrowed() : 0;
        }
    }

    /** Whether a queue that has its guarantee may have one more slot. */
    boolean allow(QueueLoad load) {
        return running < capacity && notHeld() && (!isLong(load) || longAllowed());
    }

    private boolean notHeld() {
        return running == own || running + onHold < capacity;
    }

    private boolean longAllowed() {
        return longLoans == 0 || promised + longLoans < capacity + covered;
    }

    boolean isLong(QueueLoad load) {
        return load.longestRun() > horizon;
    }

    void made(QueueLoad load) {
        running++;
        longLoans += isLong(load) ? 1 : 0;
    }
}
