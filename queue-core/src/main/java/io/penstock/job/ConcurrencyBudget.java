package io.penstock.job;

/**
 * How many attempts of a queue may run at once.
 *
 * @param guarantee slots that are the queue's whenever it has work; lent to others while it has none
 * @param limit the most that ever run at once
 * @param weight its share of slots that nobody is guaranteed, relative to the other queues' weights
 * @param strict whether the limit holds at every moment, whatever happens to workers: for what takes no more, such as somebody
 *     else's interface. Without it, slots that are moved from one worker to another may be in use twice for a while. It costs a statement
 *     per claim, and slots that are moved stand idle for up to two seconds
 */
public record ConcurrencyBudget(int guarantee, int limit, int weight, boolean strict) {

    public static final int MAX_WEIGHT = 10_000;

    public ConcurrencyBudget {
        Checks.within("concurrency budget limit", limit, 1, Limits.SLOTS);
        Checks.within("concurrency budget weight", weight, 1, MAX_WEIGHT);
        if (guarantee < 0) {
            throw Checks.refused("concurrency budget guarantee", "0 or more", String.valueOf(guarantee));
        }
        if (guarantee > limit) {
            throw Checks.refused(
                    "concurrency budget guarantee", "at most its limit " + limit, String.valueOf(guarantee));
        }
    }

    /** A budget whose limit is not strict. */
    public ConcurrencyBudget(int guarantee, int limit, int weight) {
        this(guarantee, limit, weight, false);
    }

    /** Guaranteed slots, with leave to borrow idle ones up to the limit. */
    public static ConcurrencyBudget guaranteed(int guarantee, int limit) {
        return new ConcurrencyBudget(guarantee, limit, 1);
    }

    /** No guarantee: runs on what others leave idle. */
    public static ConcurrencyBudget spare(int limit) {
        return new ConcurrencyBudget(0, limit, 1);
    }

    public ConcurrencyBudget weight(int value) {
        return new ConcurrencyBudget(guarantee, limit, value, strict);
    }

    public ConcurrencyBudget strict(boolean value) {
        return new ConcurrencyBudget(guarantee, limit, weight, value);
    }

    /** Guarantee, limit and weight, and whether the limit is strict: {@code 2/5/1 strict}. */
    @Override
    public String toString() {
        return guarantee + "/" + limit + "/" + weight + (strict ? " strict" : "");
    }
}
