package io.penstock.worker;

import io.penstock.connect.Link;
import io.penstock.store.WorkerStore;
import java.sql.SQLException;
import java.util.Collection;

/**
 * Whether a lane has said in the database that it sleeps, so that an enqueue wakes it. A lane sleeps when it has looked in
 * vain for a while; having said so it looks once more, since whoever enqueued before knew of no sleeper; and it goes on
 * looking once a second, since one who enqueued before may commit after that look.
 */
final class Sleep {

    private final WorkerParts parts;
    private final Link link;
    private final Collection<LaneQueue> queues;
    private boolean asleep;

    Sleep(WorkerParts parts, Link link, Collection<LaneQueue> queues) {
        this.parts = parts;
        this.link = link;
        this.queues = queues;
    }

    boolean asleep() {
        return asleep;
    }

    /** The lane is awake, and has said so. */
    void woken() {
        asleep = false;
    }

    /** Says that the lane sleeps, if it is time to; answers whether it did, and a last look is due. */
    boolean fallAsleep(long now) throws SQLException {
        boolean tired = queues.stream().allMatch(LaneQueue::sleepy)
                && queues.stream().noneMatch(queue -> parts.dispatcher().hungry(queue.id));
        if (asleep || !tired) {
            return false;
        }
        link.inTransaction(connection -> {
            WorkerStore.sleep(
                    connection,
                    parts.heartBeat().workerId(),
                    queues.stream().map(queue -> queue.id).toList());
            return asleep;
        });
        asleep = true;
        queues.forEach(queue -> queue.lookAtOnce(now));
        return true;
    }
}
