package io.penstock.examples.simulate;

/**
 * A simulated job.
 *
 * @param arrivedAt virtual seconds
 * @param run seconds
 */
record Job(int queue, String type, double arrivedAt, double run) {}
