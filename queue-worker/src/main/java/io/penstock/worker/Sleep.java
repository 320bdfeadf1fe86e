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
 * sleeper; and it goes on looking once a second, since one who enqueued before may commit after that look.
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

    /** Queues whose time it is to sleep. What was said under another number of this worker counts no longer. */
    List<LaneQueue> tired() {
        long workerId = parts.heartBeat().workerId();
        if (!parts.heartBeat().fresh()) {
            return List.of();
        }
        return queues.stream()
                .filter(queue -> queue.asleepAs != workerId
                        && queue.sleepy()
                        && !parts.dispatcher().hungry(queue.id))
                .toList();
    }

    /** A new connection, perhaps to a server that has forgotten who sleeps. */
    void forget() {
        queues.forEach(queue -> queue.asleepAs = 0);
    }

    /** Says, in the transaction under way, that queues sleep. {@link #said} follows its commit. */
    void say(Connection connection, List<LaneQueue> tired) throws SQLException {
        if (!tired.isEmpty()) {
            WorkerStore.sleep(connection, parts.heartBeat().workerId(), ids(tired));
        }
    }

    /** It was said: now the last look into them is due. */
    void said(List<LaneQueue> tired, long now) {
        tired.forEach(queue -> {
            queue.asleepAs = parts.heartBeat().workerId();
            queue.lookAtOnce(now);
        });
    }

    /** All three, for a lane that has nothing else to do; answers whether a last look is due. */
    boolean fallAsleep(long now) throws SQLException {
        List<LaneQueue> tired = tired();
        if (tired.isEmpty()) {
            return false;
        }
        link.inTransaction(connection -> {
            say(connection, tired);
            return tired;
        });
        said(tired, now);
        return true;
    }

    /** Says, in the transaction of their claim, that queues which gave jobs are awake. */
    void wake(Connection connection, Collection<Integer> claimed) throws SQLException {
        List<LaneQueue> woken = queues.stream()
                .filter(queue -> queue.asleepAs != 0 && claimed.contains(queue.id))
                .toList();
        if (!woken.isEmpty()) {
            WorkerStore.wake(connection, parts.heartBeat().workerId(), ids(woken));
        }
    }

    private static List<Integer> ids(List<LaneQueue> queues) {
        return queues.stream().map(queue -> queue.id).toList();
    }
}
