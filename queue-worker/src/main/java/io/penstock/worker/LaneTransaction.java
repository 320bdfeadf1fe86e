package io.penstock.worker;

import io.penstock.complete.Completer;
import io.penstock.complete.Completer.Written;
import io.penstock.connect.Link;
import io.penstock.dispatch.Reservation;
import io.penstock.handover.EndedAttempt;
import io.penstock.job.Limits;
import io.penstock.store.ClaimedJob;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The one transaction of a lane: ends are written first, then jobs are claimed, so that a claim may use the permits that
 * the ends set free. For use by the lane's thread.
 */
final class LaneTransaction {

    private final WorkerParts parts;
    private final Link link;
    private final Map<Integer, LaneQueue> queues;
    private final Sleep sleep;
    private int prepared;

    LaneTransaction(WorkerParts parts, Link link, Map<Integer, LaneQueue> queues, Sleep sleep) {
        this.parts = parts;
        this.link = link;
        this.queues = queues;
        this.sleep = sleep;
    }

    /**
     * Writes and claims, and commits.
     *
     * @param alone whether it is the try of one queue after a failure: then it waits less for locks
     */
    Round commit(List<EndedAttempt> ended, Reservation reservation, long now, boolean alone) throws SQLException {
        int connectionNumber = link.opened();
        boolean fresh = connectionNumber != prepared;
        List<LaneQueue> tired = sleep.tired();
        Round round = link.inTransaction(connection -> {
            if (fresh) {
                for (LaneQueue queue : queues.values()) {
                    queue.claims.connected(connection, link.server());
                }
            }
            if (alone) {
                shortenLockTimeout(connection);
            }
            Written written = Completer.write(connection, ended);
            Round done = new Round(
                    written, claim(connection, reservation, written.held().size(), now));
            sleep.wake(connection, done.gave());
            sleep.say(connection, tired);
            return done;
        });
        prepared = connectionNumber;
        sleep.said(tired, now);
        return round;
    }

    /** An attempt whose row is held by somebody keeps its permit: as many fewer may be claimed. */
    private Map<Integer, List<ClaimedJob>> claim(Connection connection, Reservation reservation, int held, long now)
            throws SQLException {
        Map<Integer, List<ClaimedJob>> claimed = new HashMap<>();
        if (!parts.heartBeat().fresh()) {
            return claimed; // others may take this worker for hung by now
        }
        for (Map.Entry<Integer, LaneQueue> queue : queues.entrySet()) {
            int granted = reservation.granted().getOrDefault(queue.getKey(), 0);
            int wanted = Math.min(granted - held, Limits.CLAIM_BATCH);
            if (wanted > 0) {
                claimed.put(
                        queue.getKey(),
                        queue.getValue()
                                .claims
                                .claim(
                                        connection,
                                        parts.maintainer().settled(),
                                        parts.heartBeat().workerId(),
                                        wanted,
                                        now));
            }
        }
        return claimed;
    }

    private static void shortenLockTimeout(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '50ms'");
        }
    }
}
