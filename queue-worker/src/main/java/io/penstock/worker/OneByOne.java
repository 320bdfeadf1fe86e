package io.penstock.worker;

import io.penstock.complete.Batch;
import io.penstock.complete.Completer;
import io.penstock.connect.Link;
import io.penstock.database.SqlFailure;
import io.penstock.dispatch.Reservation;
import io.penstock.dispatch.Waiting;
import io.penstock.handover.EndedAttempt;
import io.penstock.job.Limits;
import io.penstock.observe.WorkerEvent.QueueFailing;
import io.penstock.store.DayStore;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * What a lane does when a transaction fails for any reason but the connection: each part of it is tried in one of its own.
 * A queue whose part fails then is set aside, with its ends and its claims, and tried again alone, with back-off: what one
 * queue causes, one queue suffers. For use by the lane's thread.
 */
final class OneByOne {

    private final Lane lane;
    private final WorkerParts parts;
    private final Link link;
    private final Completer completer;
    private final Map<Integer, LaneQueue> queues;

    OneByOne(Lane lane, WorkerParts parts, Link link, Completer completer, Map<Integer, LaneQueue> queues) {
        this.lane = lane;
        this.parts = parts;
        this.link = link;
        this.completer = completer;
        this.queues = queues;
    }

    /** Whether no queue is set aside. */
    boolean allWell() {
        return queues.values().stream().noneMatch(LaneQueue::failing);
    }

    /** Whether a queue is not set aside. */
    boolean well(int queueId) {
        return !queue(queueId).failing();
    }

    /** Each part of a failed transaction. What is not written is put back. */
    void tryAll(long now) throws InterruptedException {
        write(completer.take(Limits.COMPLETION_BATCH, this::well), now);
        for (LaneQueue queue : queues.values()) {
            if (lane.mayClaim() && !queue.failing()) {
                claim(queue, parts.dispatcher().reserveOne(queue.id), now);
            }
        }
    }

    /** Writes for and claims from one queue that is set aside, if its time has come; answers whether it was claimed from. */
    boolean tryFailing(long now) throws InterruptedException {
        for (LaneQueue queue : queues.values()) {
            if (queue.failing() && !queue.leftAlone(now)) {
                write(completer.take(Limits.COMPLETION_BATCH, id -> id == queue.id), now);
                if (!lane.mayClaim() || queue.leftAlone(System.nanoTime())) {
                    return false;
                }
                Reservation one = parts.dispatcher().reserveOne(queue.id);
                claim(queue, one, now);
                return !one.empty();
            }
        }
        return false;
    }

    private void write(List<EndedAttempt> ended, long now) throws InterruptedException {
        List<Batch> batches = Completer.batches(ended);
        int tried = 0;
        try {
            for (Batch batch : batches) {
                tried++;
                List<EndedAttempt> ofLeaf = batch.attempts();
                try {
                    lane.commit(ofLeaf, Reservation.freeing(Lane.finishing(ofLeaf)), now, true);
                } catch (SQLException failure) {
                    afterFailedWrite(queue(batch.leaf().queueId()), failure);
                }
            }
        } finally {
            batches.subList(tried, batches.size()).forEach(batch -> completer.putBack(batch.attempts()));
        }
    }

    private void claim(LaneQueue queue, Reservation reservation, long now) throws InterruptedException {
        if (reservation.empty()) {
            return;
        }
        try {
            lane.commit(List.of(), reservation, now, true);
        } catch (SQLException failure) {
            afterFailure(queue, failure);
        }
    }

    private void afterFailedWrite(LaneQueue queue, SQLException failure) throws InterruptedException {
        if (SqlFailure.partitionMissing(failure)) {
            try {
                link.inTransaction(DayStore::ensure);
                return;
            } catch (SQLException second) {
                failure.addSuppressed(second);
            }
        }
        afterFailure(queue, failure);
    }

    private void afterFailure(LaneQueue queue, SQLException failure) throws InterruptedException {
        if (lane.connectionLost(failure)) {
            lane.pause(failure);
        } else if (queue.failed(System.nanoTime())) {
            parts.dispatcher().suspend(queue.id, Waiting.FAILING);
            parts.events().tell(new QueueFailing(queue.name, SqlFailure.describe(failure)));
        }
    }

    private LaneQueue queue(int queueId) {
        LaneQueue queue = queues.get(queueId);
        if (queue == null) {
            throw new IllegalStateException("queue " + queueId + " is not one of this lane's");
        }
        return queue;
    }
}
