package io.penstock.claim;

import io.penstock.job.Limits;
import io.penstock.store.ClaimStore;
import io.penstock.store.ClaimedJob;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Up to which position one queue's jobs may have been claimed, by level: whoever looks for running ones looks no further. For
 * use by one thread.
 */
final class Ceilings {

    private final int queueId;
    private long[] levels = {};
    private long[] pending = {};

    Ceilings(int queueId) {
        this.queueId = queueId;
    }

    /** As they stand in the database. */
    long[] read(Connection connection) throws SQLException {
        levels = ClaimStore.ceilings(connection, queueId);
        return levels;
    }

    /** Before the commit of a claim: no running row may ever lie above its ceiling. */
    void raise(Connection connection, List<ClaimedJob> claimed) throws SQLException {
        pending = levels.clone();
        for (ClaimedJob job : claimed) {
            if (job.position() > pending[job.priority()]) {
                pending[job.priority()] = ClaimStore.raiseCeiling(
                        connection, queueId, job.priority(), job.position() + Limits.CEILING_STEP);
            }
        }
    }

    void committed() {
        levels = pending;
    }
}
