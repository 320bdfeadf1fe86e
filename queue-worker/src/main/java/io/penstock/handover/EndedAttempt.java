package io.penstock.handover;

import io.penstock.store.ClaimedJob;
import io.penstock.store.Ending;
import java.time.Duration;

/**
 * An attempt whose handler has returned, with its ending not yet written.
 *
 * @param endedByHandler whether the handler completed the job in a transaction of its own: then it is either done, or the
 *     handler rolled back and the ending, a failure, is to be written
 * @param run how long the handler took
 */
public record EndedAttempt(ClaimedJob job, Ending ending, boolean endedByHandler, Duration run) {}
