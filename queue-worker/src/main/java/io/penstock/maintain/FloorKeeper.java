package io.penstock.maintain;

import io.penstock.connect.Link;
import io.penstock.handover.Settled;
import io.penstock.store.FloorStore;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out up to which position everything is settled.
 *
 * <p>The order of three steps is the proof. Read the last position drawn, in a transaction without an id. Then, in a new
 * transaction, take an id X. Whoever drew a position up to the one read had its own id before, so a lower one than X; once
 * the oldest id in progress is at least X, all of them have ended, and their rows are visible or gone. (The snapshot's own
 * upper bound would not do in X's place: it is one above the last <em>completed</em> id, and an older one may be running.)
 */
final class FloorKeeper {

    private record Pending(int connection, Map<Integer, Long> positions, long readAt, long transactionId) {}

    /** How old what is known may grow while nothing is drawn: a lane trusts only what was read since it connected. */
    private static final long REFRESH = 5_000_000_000L;

    private final Link link;
    private @Nullable Pending pending;
    private volatile Settled settled = Settled.NOTHING;

    FloorKeeper(Link link) {
        this.link = link;
    }

    /** The newest that is known. */
    Settled settled() {
        return settled;
    }

    void run() throws SQLException {
        int connection = link.opened();
        Pending waiting = pending;
        if (waiting == null || waiting.connection() != connection) {
            long readAt = System.nanoTime();
            Map<Integer, Long> positions = link.inTransaction(FloorStore::lastPositions);
            if (positions.equals(settled.positions()) && readAt - settled.readAt() < REFRESH) {
                return; // nothing was drawn since, and an id is not free
            }
            long transactionId = link.inTransaction(FloorStore::newTransactionId);
            waiting = new Pending(connection, positions, readAt, transactionId);
            pending = waiting;
        }
        if (link.inTransaction(FloorStore::oldestTransactionId) >= waiting.transactionId()
                && link.opened() == waiting.connection()) {
            settled = new Settled(link.server(), waiting.positions(), waiting.readAt());
            pending = null;
        }
    }
}
