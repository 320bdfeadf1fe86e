package io.penstock.dispatch;

/** On what ground a job was started. */
public enum Ground {
    /** Its queue was below its guarantee, and a slot was free. */
    GUARANTEE,
    /** Its queue was below its guarantee, and no slot was free. */
    HEADROOM,
    /** Its queue had its guarantee, and a slot was free that nobody else needed. */
    SPARE
}
