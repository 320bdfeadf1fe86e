package io.penstock.worker;

import java.time.Duration;

/**
 * How a worker is.
 *
 * @param beating whether its last heart-beat is recent enough that it may claim
 * @param draining whether it is being closed
 * @param slowest the loop that has been at one place for longest
 * @param longestRest for how long; a loop that has nothing to do moves every second
 */
public record WorkerHealth(boolean beating, boolean draining, String slowest, Duration longestRest) {}
