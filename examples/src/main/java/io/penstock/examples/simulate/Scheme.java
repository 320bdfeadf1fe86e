package io.penstock.examples.simulate;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.Lending;
import io.penstock.job.Limits;
import java.util.Map;
import java.util.TreeMap;

/** A way to share {@link #CAPACITY} slots between a critical queue and two heavy ones, without a guarantee, one of four times the other's weight. */
enum Scheme {
    /** Every queue has slots of its own, and none of others. */
    POOLS("pools 12/6/2", 0),

    /** A free slot goes to the first queue that has work. */
    PRIORITY("priority", 0),

    /** What is guaranteed is lent to anybody. */
    LENDING("lending", 0),

    /** As lending, but two slots of the guarantee stand idle. */
    HOLD("hold 2", 0),

    /** What is guaranteed is lent to short attempts only, a half of it to all. */
    LONG_LOANS("horizon, 6 for long", 0),

    /** What is guaranteed is lent to short attempts only. */
    HORIZON("horizon", 0),

    /** What is guaranteed is lent to anybody as far as headroom covers it, which is a half, and else to short attempts. */
    HALF("headroom 6, horizon", 6),

    /** What is guaranteed is lent to anybody, and had back on headroom. */
    HEADROOM("headroom 12", 12);

    static final int CAPACITY = 20;
    static final int CRITICAL = 1;
    static final int BULK = 2;
    static final int REST = 3;
    static final int GUARANTEE = 12;

    private static final Lending ANYBODY = Lending.DEFAULT.longLoans(GUARANTEE);

    final String title;
    final int headroom;

    Scheme(String title, int headroom) {
        this.title = title;
        this.headroom = headroom;
    }

    /** One worker of several that are equal, as far as that goes. */
    Slots slots(int worker, int workers) {
        int capacity = part(CAPACITY, worker, workers);
        if (this == PRIORITY) {
            return new OrderedSlots(capacity);
        }
        int guarantee = part(GUARANTEE, worker, workers);
        Map<Integer, ConcurrencyBudget> budgets = new TreeMap<>();
        if (this == POOLS) {
            budgets.put(CRITICAL, ConcurrencyBudget.guaranteed(guarantee, guarantee));
            int bulk = part(6, worker, workers);
            budgets.put(BULK, ConcurrencyBudget.guaranteed(bulk, bulk));
            int rest = capacity - guarantee - bulk;
            budgets.put(REST, ConcurrencyBudget.guaranteed(rest, Math.max(1, rest)));
        } else {
            budgets.put(
                    CRITICAL, ConcurrencyBudget.guaranteed(guarantee, CAPACITY).lending(lending(worker, workers)));
            budgets.put(BULK, ConcurrencyBudget.spare(Limits.SLOTS).weight(4));
            budgets.put(REST, ConcurrencyBudget.spare(Limits.SLOTS));
        }
        return new DispatchedSlots(capacity, part(headroom, worker, workers), budgets);
    }

    private Lending lending(int worker, int workers) {
        return switch (this) {
            case LENDING -> ANYBODY.longLoans(part(GUARANTEE, worker, workers));
            case HOLD -> {
                int hold = part(2, worker, workers);
                yield ANYBODY.longLoans(part(GUARANTEE, worker, workers) - hold).hold(hold);
            }
            case LONG_LOANS -> Lending.DEFAULT.longLoans(part(6, worker, workers));
            default -> Lending.DEFAULT;
        };
    }

    private static int part(int whole, int worker, int workers) {
        return whole * (worker + 1) / workers - whole * worker / workers;
    }
}
