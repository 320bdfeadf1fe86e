package io.penstock.transaction;

import java.sql.Connection;
import java.time.Duration;

/** A transaction under way that Penstock opened. For use by one thread, until its block returns. */
public interface Transaction {

    /**
     * What to work with, and to enqueue through: a job enqueued here exists if and only if the transaction commits. Savepoints are the block's own;
     * what would end the transaction or change its limits is refused with an {@link java.sql.SQLException}, and closing does nothing.
     */
    Connection connection();

    /** What is left of its limit; zero when it is over. */
    Duration remaining();
}
