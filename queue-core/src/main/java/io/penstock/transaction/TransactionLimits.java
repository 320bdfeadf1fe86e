package io.penstock.transaction;

import io.penstock.job.Checks;
import java.time.Duration;

/**
 * The limits of a transaction that Penstock opens. Each is longer than the one before it, so that the most precise error
 * comes first: a lock, a statement, a pause of the client, the whole transaction, and last the network, which alone bounds a COMMIT.
 *
 * @param lock how long a statement waits for a lock ({@code lock_timeout})
 * @param statement how long a statement takes ({@code statement_timeout})
 * @param idle how long the client does nothing ({@code idle_in_transaction_session_timeout}): frees what a process holds that is stopped or cut off
 * @param transaction from its begin to its COMMIT, which is then refused. Counted by the client, which ends the connection; by the server too from PostgreSQL 17 on
 * @param network how long the client waits for an answer, also to COMMIT
 */
public record TransactionLimits(
        Duration lock, Duration statement, Duration idle, Duration transaction, Duration network) {

    private static final Duration LEAST = Duration.ofMillis(100);
    private static final Duration MOST = Duration.ofHours(1);

    /** For everything else: 0.5, 2, 3, 5 and 8 s; all within the lease of 15 s. */
    public static final TransactionLimits DEFAULT = within(Duration.ofSeconds(5));

    /** For what is done for all queues in turn and tried again at the next: a lock on one must not hold up the others. */
    public static final TransactionLimits MAINTENANCE = new TransactionLimits(
            Duration.ofMillis(50), DEFAULT.statement(), DEFAULT.idle(), DEFAULT.transaction(), DEFAULT.network());

    /** For the heart-beat: a network that has become silent is to be noticed before others take the worker for hung. */
    public static final TransactionLimits HEARTBEAT = new TransactionLimits(
            DEFAULT.lock(), DEFAULT.statement(), DEFAULT.idle(), Duration.ofSeconds(4), Duration.ofSeconds(5));

    /** For one migration file, which may build an index. A lock that is not free at once is waited for by trying again. */
    public static final TransactionLimits MIGRATION = new TransactionLimits(
            Duration.ofSeconds(2),
            Duration.ofMinutes(10),
            Duration.ofMinutes(11),
            Duration.ofMinutes(30),
            Duration.ofMinutes(31));

    /** For the removal of a queue, which waits for older transactions and lets everybody else pass. */
    public static final TransactionLimits REMOVAL = new TransactionLimits(
            Duration.ofMillis(50),
            Duration.ofSeconds(30),
            Duration.ofSeconds(31),
            Duration.ofSeconds(35),
            Duration.ofSeconds(40));

    public TransactionLimits {
        boolean ordered = Checks.present("lock limit", lock).toMillis() > 0
                && lock.compareTo(Checks.present("statement limit", statement)) < 0
                && statement.compareTo(Checks.present("idle limit", idle)) < 0
                && idle.compareTo(Checks.present("transaction limit", transaction)) < 0
                && transaction.compareTo(Checks.present("network limit", network)) < 0
                && network.compareTo(MOST) <= 0;
        if (!ordered) {
            throw Checks.refused(
                    "transaction limits",
                    "1 ms <= lock < statement < idle < transaction < network <= " + MOST,
                    lock + ", " + statement + ", " + idle + ", " + transaction + ", " + network);
        }
    }

    /**
     * Limits in the proportions of {@link #DEFAULT}: a tenth of it for a lock, two fifths for a statement, three for a pause, eight for the network.
     *
     * @param transaction from 100 ms to half an hour
     */
    public static TransactionLimits within(Duration transaction) {
        Checks.within("transaction limit", transaction, LEAST, MOST.dividedBy(2));
        Duration tenth = transaction.dividedBy(10);
        return new TransactionLimits(
                tenth, tenth.multipliedBy(4), tenth.multipliedBy(6), transaction, tenth.multipliedBy(16));
    }
}
