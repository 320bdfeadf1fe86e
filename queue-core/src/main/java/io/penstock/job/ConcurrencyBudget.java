package io.penstock.job;

/**
 * How many attempts of a queue may run at once.
 *
 * @param guarantee slots that are the queue's whenever it has work; lent to others while it has none
 * @param limit the most that ever run at once
 * @param weight its share of slots that nobody is guaranteed, relative to the other queues' weights
 */
public record ConcurrencyBudget(int guarantee, int limit, int weight) {

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

    /** Guaranteed slots, with leave to borrow idle ones up to the limit. */
    public static ConcurrencyBudget guaranteed(int guarantee, int limit) {
        return new ConcurrencyBudget(guarantee, limit, 1);
    }

    /** No guarantee: runs on what others leave idle. */
    public static ConcurrencyBudget spare(int limit) {
        return new ConcurrencyBudget(0, limit, 1);
    }

    public ConcurrencyBudget weight(int value) {
        return new ConcurrencyBudget(guarantee, limit, value);
    }
}
