package io.penstock.operate;

import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.database.Work;
import io.penstock.error.ContentionException;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bounded transactions over a data source, with what fails told in its subject's name. */
record Transactions(DataSource dataSource) {

    /** Several transactions on one connection, each ended before the next, so that none keeps the locks of all. */
    @FunctionalInterface
    interface InSession<T> {
        T apply(Session session) throws SQLException;
    }

    private static final Logger log = LoggerFactory.getLogger(Transactions.class);
    private static final int LONGEST_PAUSE = 10;
    private static final Duration PAUSE = Duration.ofMillis(20);

    <T> T transact(String subject, Work<T> work) {
        return inSession(subject, TransactionLimits.DEFAULT, session -> session.inTransaction(work));
    }

    <T> T inSession(String subject, TransactionLimits limits, InSession<T> work) {
        try (Session session = Session.open(dataSource, limits)) {
            return work.apply(session);
        } catch (SQLException failure) {
            throw SqlFailure.translate(subject, failure);
        }
    }

    static <T> T transact(Session session, String subject, Work<T> work) {
        try {
            return session.inTransaction(work);
        } catch (SQLException failure) {
            throw SqlFailure.translate(subject, failure);
        }
    }

    /** For what gives up on a lock early, so that nobody waits behind it: until whoever has it, one of ours, must have ended by its own limit. */
    static <T> T again(String subject, Supplier<T> work) {
        long deadline =
                System.nanoTime() + TransactionLimits.DEFAULT.transaction().toNanos();
        for (int attempt = 1; ; attempt++) {
            try {
                return work.get();
            } catch (ContentionException contention) {
                if (System.nanoTime() - deadline > 0) {
                    throw contention;
                }
                log.debug("{}: trying again", subject, contention);
                LockSupport.parkNanos(PAUSE.toNanos() * Math.min(attempt, LONGEST_PAUSE));
            }
        }
    }
}
