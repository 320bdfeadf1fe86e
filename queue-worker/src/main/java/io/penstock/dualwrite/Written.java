package io.penstock.dualwrite;

/**
 * A write that is committed on the side in charge.
 *
 * @param sequence its number among the writes of its key, from 1
 * @param mirrored whether the other side has it already; if not, a job brings it there
 */
public record Written(long sequence, boolean mirrored) {}
