package io.penstock.job;

/** Four fixed levels inside a queue. A higher level is always claimed first; between queues, budgets decide. */
public enum Priority {
    URGENT,
    HIGH,
    NORMAL,
    LOW;

    /** How many levels there are. */
    public static final int LEVELS = values().length;

    /** The number stored: 0 for {@link #URGENT} to 3 for {@link #LOW}. */
    public int level() {
        return ordinal();
    }

    public static Priority ofLevel(int level) {
        return values()[Checks.within("priority", level, 0, LEVELS - 1)];
    }
}
