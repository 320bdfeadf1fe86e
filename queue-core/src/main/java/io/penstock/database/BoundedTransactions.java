package io.penstock.database;

import io.penstock.error.IndeterminateException;
import io.penstock.error.IndeterminateException.Resolution;
import io.penstock.error.NotReplicatedException;
import io.penstock.error.PenstockException;
import io.penstock.error.SerializationConflictException;
import io.penstock.transaction.Transaction;
import io.penstock.transaction.TransactionLimits;
import io.penstock.transaction.TransactionWork;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transactions of a service's own, under limits, with each failure told as its own type. Safe for use by many threads.
 *
 * @param readCommitted whether they are READ COMMITTED whatever the login has: for who locks, then looks
 */
public record BoundedTransactions(DataSource dataSource, boolean readCommitted) {

    private static final Logger log = LoggerFactory.getLogger(BoundedTransactions.class);
    private static final Duration RESOLVE_WITHIN = Duration.ofSeconds(10);
    private static final Duration RESOLVE_PAUSE = Duration.ofMillis(50);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(20);

    /** Of the isolation that the login has. */
    public BoundedTransactions(DataSource dataSource) {
        this(dataSource, false);
    }

    /** What a transaction is known by when its COMMIT is not answered; of one that wrote nothing, no id. */
    public record Mark(@Nullable String transactionId, String timeline) {}

    /**
     * Runs a block in a transaction.
     *
     * @param attempts how many times the block may run: again only after a deadlock or a conflict of serializable transactions
     */
    public <T extends @Nullable Object> T run(
            String subject, TransactionLimits limits, int attempts, TransactionWork<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(subject, limits, work);
            } catch (SerializationConflictException conflict) {
                if (attempt >= attempts) {
                    throw conflict;
                }
                pause(attempt, conflict);
            }
        }
    }

    /** From nothing to twenty milliseconds and twice as long each time: those that met do not meet again. */
    private static void pause(int attempt, PenstockException conflict) {
        try {
            TimeUnit.NANOSECONDS.sleep(
                    ThreadLocalRandom.current().nextLong(RETRY_PAUSE.toNanos() << Math.min(attempt - 1, 6)));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw conflict;
        }
    }

    private <T extends @Nullable Object> T once(String subject, TransactionLimits limits, TransactionWork<T> work) {
        Mark[] mark = new Mark[1];
        try (Session session = open(limits)) {
            T result = session.<T>begin((connection, pipeline) -> {
                pipeline.run(connection);
                T answer = work.apply(transaction(session, connection));
                mark[0] = marked(connection);
                return answer;
            });
            if (!session.commit()) {
                throw new NotReplicatedException(subject + ": " + Session.NOT_REPLICATED, null);
            }
            return result;
        } catch (CommitUnknownException unknown) {
            throw new IndeterminateException(
                    subject + ": " + unknown.getMessage() + "; it took place as a whole or not at all, resolve() asks",
                    List.of(),
                    () -> resolve(mark[0]),
                    unknown);
        } catch (SQLException failure) {
            throw SqlFailure.translate(subject, failure);
        } catch (DataAccessException failure) {
            SQLException cause = failure.getCause(SQLException.class);
            throw cause == null ? failure : SqlFailure.translate(subject, cause);
        }
    }

    private Session open(TransactionLimits limits) throws SQLException {
        return readCommitted
                ? Session.openReadCommitted(dataSource, limits)
                : Session.openForOthers(dataSource, limits);
    }

    private static Transaction transaction(Session session, Connection connection) {
        Connection guarded = GuardedConnection.of(connection);
        return new Transaction() {
            @Override
            public Connection connection() {
                return guarded;
            }

            @Override
            public Duration remaining() {
                return session.remaining();
            }
        };
    }

    /** Records what a commit that is not answered can be resolved by, as the last thing before it. */
    public static Mark marked(Connection connection) throws SQLException {
        stillOpen(connection);
        return mark(connection);
    }

    /** A block may send COMMIT as a statement, after which nothing of the limits holds. */
    private static void stillOpen(Connection connection) throws SQLException {
        if (connection.isWrapperFor(BaseConnection.class)
                && connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.IDLE) {
            throw new SQLException(
                    "transaction of a block: expected its end to be left to Penstock, was ended by a statement of the block",
                    "2D000");
        }
    }

    private static Mark mark(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT pg_current_xact_id_if_assigned()::text, left(pg_walfile_name(pg_current_wal_lsn()), 8)"
                                + " WHERE NOT pg_is_in_recovery()");
                ResultSet row = statement.executeQuery()) {
            return row.next() ? new Mark(row.getString(1), row.getString(2)) : new Mark(null, "");
        }
    }

    /**
     * What became of a transaction, asked for ten seconds at most, or until the thread is interrupted. After a failover the id may be another
     * transaction's: what is on another timeline is not believed.
     */
    public Resolution resolve(@Nullable Mark mark) {
        Resolution resolution = mark == null
                ? Resolution.UNKNOWN
                : mark.transactionId() == null ? Resolution.ROLLED_BACK : ask(mark.transactionId(), mark.timeline());
        OpenTransactions.resolved(resolution);
        return resolution;
    }

    private Resolution ask(String transactionId, String timeline) {
        long deadline = System.nanoTime() + RESOLVE_WITHIN.toNanos();
        do {
            try (Session session = Session.open(dataSource, TransactionLimits.DEFAULT)) {
                String status = session.inTransaction(connection -> status(connection, transactionId, timeline));
                switch (status) {
                    case "committed" -> {
                        return Resolution.COMMITTED;
                    }
                    case "aborted" -> {
                        return Resolution.ROLLED_BACK;
                    }
                    case "in progress" -> {} // as long as the server has not noticed that its client is gone
                    default -> {
                        return Resolution.UNKNOWN;
                    }
                }
            } catch (SQLException away) {
                log.debug("transaction {} is asked for again until its time is over", transactionId, away);
            }
        } while (rested() && System.nanoTime() - deadline < 0);
        return Resolution.UNKNOWN;
    }

    /** Whether there is patience for more. */
    private static boolean rested() {
        try {
            TimeUnit.NANOSECONDS.sleep(RESOLVE_PAUSE.toNanos());
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String status(Connection connection, String transactionId, String timeline) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT CASE WHEN left(pg_walfile_name(pg_current_wal_lsn()), 8) = ?"
                        + " THEN pg_xact_status(?::xid8) ELSE 'on another timeline' END")) {
            statement.setString(1, timeline);
            statement.setString(2, transactionId);
            try (ResultSet row = statement.executeQuery()) {
                String status = row.next() ? row.getString(1) : null;
                return status == null ? "too long ago" : status;
            }
        }
    }

    /**
     * Runs a block under limits in the transaction of somebody else, whose settings are as they were afterwards. There is none for the whole
     * transaction, which is not ours.
     */
    public static <T extends @Nullable Object> T within(
            String subject, Connection connection, TransactionLimits limits, TransactionWork<T> work) {
        try {
            return CallersLimits.around(subject, connection, limits, work);
        } catch (SQLException failure) {
            throw SqlFailure.translate(subject, failure);
        }
    }
}
