package io.penstock.worker;

import io.penstock.connect.Link;
import io.penstock.store.WorkerStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/**
 * Says in the database which queues of a lane are waited for, so that an enqueue wakes it. A queue falls asleep when it has
 * been looked into in vain for a while. After saying so the lane looks once more, since whoever enqueued before knew of no
 * sleeper. Who enqueued before and commits after that look is found by what {@link io.penstock.maintain.Maintainer} sees.
 */
final class Sleep {

    private final WorkerParts parts;
    private final Link link;
    private final Collection<LaneQueue> queues;

    Sleep(WorkerParts parts, Link link, Collection<LaneQueue> queues) {
        this.parts = parts;
        this.link = link;
        this.queues = queues;
    }

    /** Queues whose time it is to sleep, none where nobody could wake them. What was said under another number of this worker counts no longer. */
    List<LaneQueue> tired() {
        long workerId = parts.heartBeat().workerId();
        if (!parts.heartBeat().fresh() || !parts.heartBeat().hears()) {
            return List.of();
        }
        return queues.stream()
                .filter(queue -> queue.asleepAs != workerId
                        && queue.sleepy()
                        && !parts.dispatcher().paused(queue.id)
                        && !parts.dispatcher().hungry(queue.id))
                .toList();
    }

    /**
     * Queues that gave jobs since it was said that they sleep, which is said later than the claim, for that is not to wait for it;
     * and sleeping ones that are paused, for nobody is to be woken for those.
     */
    List<LaneQueue> roused() {
        return queues.stream()
                .filter(queue -> queue.roused
                        || (queue.asleepAs != 0 && parts.dispatcher().paused(queue.id)))
                .toList();
    }

    /** A new connection, perhaps to a server that has forgotten who sleeps. */
    void forget() {
        queues.forEach(queue -> queue.asleepAs = 0);
    }

    /** Says, in the transaction under way, that queues sleep, or no longer do. {@link #said} follows its commit. */
    void say(Connection connection, List<LaneQueue> tired, List<LaneQueue> roused) throws SQLException {
        long workerId = parts.heartBeat().workerId();
        if (!roused.isEmpty()) {
            WorkerStore.wake(connection, workerId, ids(roused));
        }
        if (!tired.isEmpty()) {
            WorkerStore.sleep(connection, workerId, ids(tired));
        }
    }

    /** It was said: now the last look into those that sleep is due. */
    void said(List<LaneQueue> tired, List<LaneQueue> roused, long now) {
        roused.forEach(queue -> {
            queue.asleepAs = 0;
            queue.roused = false;
        });
        tired.forEach(queue -> {
            queue.asleepAs = parts.heartBeat().workerId();
            queue.lookAtOnce(now);
        });
    }

    /** All three, for a lane that has nothing else to do; answers whether a last look is due. */
    boolean fallAsleep(long now) throws SQLException {
        List<LaneQueue> tired = tired();
        List<LaneQueue> roused = roused();
        if (tired.isEmpty() && roused.isEmpty()) {
            return false;
        }
        link.inTransaction(connection -> {
            say(connection, tired, roused);
            return tired;
        });
        said(tired, roused, now);
        return !tired.isEmpty();
    }

    private static List<Integer> ids(List<LaneQueue> queues) {
        return queues.stream().map(queue -> queue.id).toList();
    }
}
