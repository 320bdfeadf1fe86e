package io.penstock.dualwrite;

/**
 * What a comparison of all keys found. The result of its job.
 *
 * @param different keys of which the sides have different values, although nothing is on its way
 * @param behind keys of which writes are on their way
 * @param repaired keys that were written again
 * @param equal whether no key was different
 */
public record Reconciled(long keys, long different, long behind, long repaired, boolean equal) {}
