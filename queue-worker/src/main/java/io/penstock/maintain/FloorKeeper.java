package io.penstock.maintain;

import io.penstock.connect.Link;
import io.penstock.database.ServerIdentity;
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

    private record Pending(ServerIdentity server, Map<Integer, Long> positions, long transactionId) {}

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
        ServerIdentity server = link.server();
        Pending waiting = pending;
        if (waiting == null || !waiting.server().equals(server)) {
            Map<Integer, Long> positions = link.inTransaction(FloorStore::lastPositions);
            if (server.equals(settled.server()) && positions.equals(settled.positions())) {
                return; // nothing was drawn since, and an id is not free
            }
            long transactionId = link.inTransaction(FloorStore::newTransactionId);
            waiting = new Pending(server, positions, transactionId);
            pending = waiting;
        }
        if (link.inTransaction(FloorStore::oldestTransactionId) >= waiting.transactionId()) {
            settled = new Settled(waiting.server(), waiting.positions());
            pending = null;
        }
    }
}
