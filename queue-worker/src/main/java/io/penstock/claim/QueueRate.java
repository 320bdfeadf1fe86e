package io.penstock.claim;

import io.penstock.database.Pipeline;
import io.penstock.store.RateStore;
import io.penstock.store.RateStore.Taken;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * One queue's rate: before a claim it takes a token for each job wanted, and puts back what was not used, in the claim's own
 * transaction. For use by one thread.
 */
final class QueueRate {

    /** So long is waited at least, so that a fast rate is claimed for in batches. */
    private static final Duration SHORTEST = Duration.ofMillis(20);
    /** And so long at most, as the rate may be changed meanwhile. */
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private final int queueId;
    private boolean rated;
    private Taken taken = new Taken(0, Duration.ZERO);

    QueueRate(int queueId) {
        this.queueId = queueId;
    }

    /** What was read last. */
    void is(boolean queueRated) {
        rated = queueRated;
    }

    /** How many of the jobs wanted may be claimed. */
    int take(Pipeline pipeline, Connection connection, int wanted) throws SQLException {
        taken = new Taken(wanted, Duration.ZERO);
        if (rated && wanted > 0) {
            RateStore.take(pipeline, queueId, wanted, tokens -> taken = tokens);
            pipeline.run(connection);
        }
        return taken.tokens();
    }

    /** So many of those that might be were claimed. */
    void used(Connection connection, int claimed) throws SQLException {
        if (rated && taken.tokens() > claimed) {
            RateStore.putBack(connection, queueId, taken.tokens() - claimed);
            taken = new Taken(claimed, Duration.ZERO); // there was no more to claim
        }
    }

    /** How long it is until more may be claimed; zero if it is not the rate that keeps it from that. */
    Duration untilNext() {
        Duration nextIn = taken.nextIn();
        if (nextIn.isZero()) {
            return nextIn;
        }
        Duration atLeast = nextIn.compareTo(SHORTEST) > 0 ? nextIn : SHORTEST;
        return atLeast.compareTo(LONGEST) < 0 ? atLeast : LONGEST;
    }
}
