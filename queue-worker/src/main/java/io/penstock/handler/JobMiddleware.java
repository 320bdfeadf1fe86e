package io.penstock.handler;

import io.penstock.job.Outcome;

/**
 * What stands around every handler of a worker, such as a security context, a transaction, or a measurement. Called on the
 * attempt's thread; an implementation is safe for use by many threads.
 */
@FunctionalInterface
public interface JobMiddleware {

    /** The handler, with the middleware inside this one around it. */
    @FunctionalInterface
    interface Next {
        Outcome run() throws Exception;
    }

    /**
     * Runs the attempt by calling {@code next}, once or not at all.
     *
     * @return how it ended
     * @throws Exception as a failed attempt
     */
    Outcome around(JobContext<?> context, Next next) throws Exception;
}
