package io.penstock.maintain;

import io.penstock.connect.Link;
import io.penstock.handover.Horizon;
import io.penstock.store.FloorStore;
import io.penstock.store.FloorStore.Drawn;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Keeps the {@link Horizon}.
 *
 * <p>The order of three steps is the proof. Read the last position drawn, in a transaction without an id. Then, in a new
 * transaction, take an id X. Whoever drew a position up to the one read had its own id before, so a lower one than X. Last,
 * when X has ended, look which ids below X are in progress: those are open, all others have ended, and their rows are
 * visible or gone. (Earlier would not do: a snapshot lists nobody above the last <em>completed</em> id, and an older one
 * than X may be running there.)
 *
 * <p>A transaction that is open now and was not at the time before got its id after the X of that time, so all positions of
 * its own lie above those read then.
 */
final class FloorKeeper {

    /** How old what is known may grow while nothing is drawn: a lane trusts only what was read since it connected. */
    private static final long REFRESH = 5_000_000_000L;

    private final Link link;
    private int connection;
    private volatile Horizon horizon = Horizon.NOTHING;

    FloorKeeper(Link link) {
        this.link = link;
    }

    /** The newest that is known. */
    Horizon horizon() {
        return horizon;
    }

    /** Takes a new horizon; answers the one before. */
    Horizon run() throws SQLException {
        int current = link.opened();
        Horizon before = current == connection ? horizon : Horizon.NOTHING;
        long readAt = System.nanoTime();
        Drawn drawn = link.inTransaction(FloorStore::drawn);
        Horizon next;
        if (!before.known()
                || !drawn.positions().equals(before.drawn().positions())
                || readAt - before.readAt() >= REFRESH) {
            long transactionId = link.inTransaction(FloorStore::newTransactionId);
            Set<Long> inProgress = link.inTransaction(connection -> FloorStore.inProgress(connection, transactionId));
            Map<Long, Drawn> open = new HashMap<>();
            for (long transaction : inProgress) {
                open.put(transaction, before.open().getOrDefault(transaction, before.drawn()));
            }
            next = new Horizon(link.server(), readAt, drawn, open);
        } else if (!before.open().isEmpty()) { // nothing was drawn since, and an id is not free
            Set<Long> inProgress = link.inTransaction(connection -> FloorStore.inProgress(connection, Long.MAX_VALUE));
            Map<Long, Drawn> open = new HashMap<>(before.open());
            open.keySet().retainAll(inProgress);
            next = open.size() == before.open().size()
                    ? before
                    : new Horizon(before.server(), before.readAt(), before.drawn(), open);
        } else {
            return before;
        }
        if (link.opened() == current) {
            connection = current;
            horizon = next;
        }
        return before;
    }
}
