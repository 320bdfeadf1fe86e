package io.penstock.run;

/** What becomes of a job whose type this worker has no handler for. */
public enum UnknownTypePolicy {
    /** Put off for a minute without an attempt used up: another worker, or the next deployment, may know it. */
    WAIT,
    /** Discarded at once. */
    DISCARD
}
