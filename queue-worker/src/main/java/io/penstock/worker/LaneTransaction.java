package io.penstock.worker;

import io.penstock.claim.QueueClaims.Request;
import io.penstock.complete.Batch;
import io.penstock.complete.Completer;
import io.penstock.complete.Written;
import io.penstock.connect.Link;
import io.penstock.database.Pipeline;
import io.penstock.dispatch.Reservation;
import io.penstock.handover.EndedAttempt;
import io.penstock.job.Attempt;
import io.penstock.job.Limits;
import io.penstock.store.ClaimedJob;
import io.penstock.store.CompletionStore;
import io.penstock.store.Leaf;
import io.penstock.store.SlotStore;
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
     * Writes and claims, and commits. A queue's ends and its claim are one round trip, the first of them with the limits.
     *
     * @param alone whether it is the try of one queue after a failure: then it waits less for locks
     */
    Round commit(List<EndedAttempt> ended, Reservation reservation, long now, boolean alone) throws SQLException {
        int connectionNumber = link.opened();
        boolean fresh = connectionNumber != prepared;
        if (fresh) {
            sleep.forget();
        }
        List<LaneQueue> tired = sleep.tired();
        List<LaneQueue> roused = sleep.roused();
        Round round = link.inTransaction((connection, pipeline) -> {
            List<Batch> batches = Completer.batches(ended);
            if (fresh || alone || batches.stream().anyMatch(Batch::needsLook)) {
                pipeline.run(connection);
                prepare(connection, batches, fresh, alone);
            }
            Round done = new Round(Written.nothing(), new HashMap<>());
            for (LaneQueue queue : queues.values()) {
                List<Batch> ofQueue = batches.stream()
                        .filter(batch -> batch.leaf().queueId() == queue.id)
                        .toList();
                Request claim = request(queue, reservation, ofQueue, now);
                if (claim.wanted() > 0 && parts.dispatcher().strict(queue.id)) {
                    pipeline.run(connection);
                    claim = hasSlots(connection, queue, claim, ofQueue) ? claim : claim.nothing();
                }
                writeAndClaim(connection, pipeline, ofQueue, queue, claim, done);
            }
            if (!done.written().held().isEmpty()) {
                giveBackSurplus(connection, reservation, done);
            }
            sleep.say(connection, tired, roused);
            return done;
        });
        prepared = connectionNumber;
        sleep.said(tired, roused, now);
        return round;
    }

    private Request request(LaneQueue queue, Reservation reservation, List<Batch> batches, long now) {
        boolean fresh = parts.heartBeat().fresh(); // else others may take this worker for hung by now
        int granted = fresh ? reservation.granted().getOrDefault(queue.id, 0) : 0;
        Map<Leaf, List<Attempt>> endedBefore = new HashMap<>();
        for (Batch batch : batches) {
            endedBefore.put(
                    batch.leaf(),
                    batch.attempts().stream()
                            .map(ended -> ended.job().attempt())
                            .toList());
        }
        return new Request(
                parts.maintainer().horizon(),
                parts.heartBeat().workerId(),
                Math.min(granted, Limits.CLAIM_BATCH),
                now,
                endedBefore);
    }

    /** Whether what runs and what is to be claimed have their slots of a strict limit, which nobody takes before the commit. */
    private boolean hasSlots(Connection connection, LaneQueue queue, Request claim, List<Batch> ending)
            throws SQLException {
        int running = parts.dispatcher().running().getOrDefault(queue.id, 0)
                - ending.stream().mapToInt(batch -> batch.attempts().size()).sum();
        return SlotStore.lock(connection, queue.id, claim.workerId()) >= running;
    }

    private void prepare(Connection connection, List<Batch> batches, boolean fresh, boolean alone) throws SQLException {
        if (fresh) {
            for (LaneQueue queue : queues.values()) {
                queue.claims.connected(connection, link.server());
            }
            parts.maintainer().connected();
        }
        if (alone) {
            shortenLockTimeout(connection);
        }
        for (Batch batch : batches) {
            batch.look(connection);
        }
    }

    private static void writeAndClaim(
            Connection connection, Pipeline pipeline, List<Batch> batches, LaneQueue queue, Request claim, Round done)
            throws SQLException {
        if (batches.isEmpty() && claim.wanted() <= 0) {
            return;
        }
        batches.forEach(batch -> batch.write(pipeline, connection));
        if (claim.wanted() > 0) {
            queue.claims.claim(pipeline, connection, claim);
        }
        pipeline.run(connection);
        for (Batch batch : batches) {
            done.written().add(batch.written(connection));
        }
        if (claim.wanted() > 0) {
            done.claimed().put(queue.id, queue.claims.claimed(connection));
        }
    }

    /**
     * An attempt whose row is held by somebody keeps its permit. A claim has taken that into account for its own leaf; what
     * another leaf's claim took on such a permit goes back at once.
     */
    private static void giveBackSurplus(Connection connection, Reservation reservation, Round done)
            throws SQLException {
        int permits = -done.written().held().size();
        for (int granted : reservation.granted().values()) {
            permits += granted;
        }
        for (Map.Entry<Integer, List<ClaimedJob>> claimed : done.claimed().entrySet()) {
            List<ClaimedJob> jobs = claimed.getValue();
            int kept = Math.min(jobs.size(), Math.max(0, permits));
            for (ClaimedJob surplus : jobs.subList(kept, jobs.size())) {
                CompletionStore.release(connection, surplus.leaf(), List.of(surplus.attempt()));
            }
            claimed.setValue(List.copyOf(jobs.subList(0, kept)));
            permits -= kept;
        }
    }

    private static void shortenLockTimeout(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '50ms'");
        }
    }
}
