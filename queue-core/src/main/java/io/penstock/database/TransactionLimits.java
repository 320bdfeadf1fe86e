package io.penstock.database;

import java.time.Duration;

/**
 * The limits of a transaction that Penstock opens. Each is longer than the one before it, so that the most precise error
 * comes first: a lock, a statement, a pause of the client, and last the network, which alone bounds a COMMIT.
 */
public record TransactionLimits(Duration lock, Duration statement, Duration idle, Duration network) {

    /** For everything else. */
    public static final TransactionLimits DEFAULT = new TransactionLimits(
            Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(8));

    /** For what is done for all queues in turn and tried again at the next: a lock on one must not hold up the others. */
    public static final TransactionLimits MAINTENANCE =
            new TransactionLimits(Duration.ofMillis(50), DEFAULT.statement(), DEFAULT.idle(), DEFAULT.network());

    /** For the heart-beat: a network that has become silent is to be noticed before others take the worker for hung. */
    public static final TransactionLimits HEARTBEAT =
            new TransactionLimits(DEFAULT.lock(), DEFAULT.statement(), DEFAULT.idle(), Duration.ofSeconds(5));

    /** For one migration file, which may build an index. A lock that is not free at once is waited for by trying again. */
    public static final TransactionLimits MIGRATION = new TransactionLimits(
            Duration.ofSeconds(2), Duration.ofMinutes(10), Duration.ofMinutes(11), Duration.ofMinutes(12));

    /** For the removal of a queue, which waits for older transactions and lets everybody else pass. */
    public static final TransactionLimits REMOVAL = new TransactionLimits(
            Duration.ofMillis(50), Duration.ofSeconds(30), Duration.ofSeconds(31), Duration.ofSeconds(40));

    public TransactionLimits {
        if (lock.compareTo(statement) >= 0 || statement.compareTo(idle) >= 0 || idle.compareTo(network) >= 0) {
            throw new IllegalArgumentException("transaction limits: expected lock < statement < idle < network, was "
                    + lock + ", " + statement + ", " + idle + ", " + network);
        }
    }
}
