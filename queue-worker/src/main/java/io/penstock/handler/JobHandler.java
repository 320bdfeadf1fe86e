package io.penstock.handler;

import io.penstock.job.Outcome;

/**
 * Does the work of one job type. Called on a thread of its own for each attempt, so an implementation is safe for use by
 * many threads; interrupted when the worker stops and the time to drain is over.
 *
 * <p>An attempt may run more than once, after a crash or when the worker was taken for dead. Effects in the database are
 * made exactly once by {@link JobContext#complete}; all others happen at least once, and are to be made idempotent by the
 * job's id and generation.
 */
@FunctionalInterface
public interface JobHandler<P extends Record> {

    /**
     * Runs one attempt.
     *
     * @return how it ended
     * @throws Exception as a failed attempt, retried as the retry policy says
     */
    Outcome handle(JobContext<P> context) throws Exception;
}
