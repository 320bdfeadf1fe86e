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
 * @param lending to whom its guaranteed slots are lent
 */
public record ConcurrencyBudget(int guarantee, int limit, int weight, boolean strict, Lending lending) {

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
        Checks.present("concurrency budget lending", lending);
        if (lending.hold() > guarantee - Math.min(guarantee, lending.longLoans())) {
            throw Checks.refused(
                    "slots on hold",
                    "what is left of the guarantee of " + guarantee + " beside " + lending.longLoans()
                            + " for long loans",
                    String.valueOf(lending.hold()));
        }
    }

    /** A budget whose limit is not strict, and that lends as {@link Lending#DEFAULT} says. */
    public ConcurrencyBudget(int guarantee, int limit, int weight) {
        this(guarantee, limit, weight, false, Lending.DEFAULT);
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
        return new ConcurrencyBudget(guarantee, limit, value, strict, lending);
    }

    public ConcurrencyBudget strict(boolean value) {
        return new ConcurrencyBudget(guarantee, limit, weight, value, lending);
    }

    public ConcurrencyBudget lending(Lending value) {
        return new ConcurrencyBudget(guarantee, limit, weight, strict, value);
    }

    /** Guarantee, limit and weight, and what is not the default: {@code 2/5/1 strict, hold 1}. */
    @Override
    public String toString() {
        String terms = lending.toString();
        return guarantee + "/" + limit + "/" + weight + (strict ? " strict" : "")
                + (terms.isEmpty() ? "" : ", " + terms);
    }
}
