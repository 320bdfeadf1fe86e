package io.penstock.operate;

import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.error.RefusedException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The first reason why the first job of a queue is not running, for who already has a session. */
public final class LikelyCause {

    private static final Logger log = LoggerFactory.getLogger(LikelyCause.class);
    private static final Duration DISCARDED_SINCE = Duration.ofDays(1);

    private LikelyCause() {}

    /**
     * In a sentence without its end; empty if the queue has just been removed. Where something cannot be read, such as a locked table, that is the
     * answer.
     */
    public static Optional<String> of(Session session, String queue) throws SQLException {
        try {
            Instant since = Instant.now().minus(DISCARDED_SINCE);
            return Explanation.of(session, queue, since).reasons().stream().findFirst();
        } catch (RefusedException removed) {
            log.debug("no reason for what is no longer there", removed);
            return Optional.empty();
        } catch (SQLException failure) {
            if (SqlFailure.connectionLost(failure)) {
                throw failure;
            }
            return Optional.of("what is stored of the queues cannot be read: " + SqlFailure.describe(failure));
        }
    }
}
