package io.penstock.worker;

import io.penstock.connect.Link;
import io.penstock.database.ServerIdentity;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;

/**
 * Jobs that this worker owns and does not know of: the answer to their claim's commit was lost. The worker lives, so no
 * lease would ever free them. For a while after each loss, whatever is owned and not in hand is given back; until the
 * commit, if it is still under way, must have ended.
 */
final class Orphans {

    private static final long WATCH = Duration.ofSeconds(30).toNanos();
    private static final long EVERY = Duration.ofSeconds(3).toNanos();

    private final WorkerParts parts;
    private final Link link;
    private final Collection<LaneQueue> queues;
    private boolean watching;
    private long until;
    private long next;

    Orphans(WorkerParts parts, Link link, Collection<LaneQueue> queues) {
        this.parts = parts;
        this.link = link;
        this.queues = queues;
    }

    /** A connection was lost, and perhaps an answer with it. */
    void mayExist(long now) {
        watching = true;
        until = now + WATCH;
        next = now;
    }

    /** Whether there may still be some. */
    boolean possible() {
        return watching;
    }

    void release(Set<UUID> inHand, long now) throws SQLException {
        if (!watching || now - next < 0) {
            return;
        }
        next = now + EVERY;
        ServerIdentity server = link.server();
        long connectedAt = link.openedAt();
        for (LaneQueue queue : queues) {
            int released = link.inTransaction(connection -> queue.claims.releaseOrphans(
                    connection,
                    parts.heartBeat().workerId(),
                    inHand,
                    leaf -> parts.maintainer().floors(leaf, server, connectedAt)));
            if (released > 0) {
                parts.dispatcher().wake(queue.id);
            }
        }
        watching = now - until < 0; // the last look counts only if it saw every queue
    }
}
