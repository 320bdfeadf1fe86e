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

    private final Link link;
    private int connection;
    private volatile Horizon horizon = Horizon.NOTHING;
    private volatile boolean renew;

    FloorKeeper(Link link) {
        this.link = link;
    }

    /** The newest that is known. */
    Horizon horizon() {
        return horizon;
    }

    /** Somebody has connected, and trusts only what is read from now on. Safe for use by many threads. */
    void renew() {
        renew = true;
    }

    /** Takes a new horizon; answers the one before. */
    Horizon run(Look look) throws SQLException {
        Horizon before = look.connection() == connection ? horizon : Horizon.NOTHING;
        Drawn drawn = look.watched().drawn();
        Horizon next;
        if (!before.known() || renew || !drawn.positions().equals(before.drawn().positions())) {
            renew = false;
            long transactionId = link.inTransaction(FloorStore::newTransactionId);
            Set<Long> inProgress = link.inTransaction(connection -> FloorStore.inProgress(connection, transactionId));
            Map<Long, Drawn> open = new HashMap<>();
            for (long transaction : inProgress) {
                open.put(transaction, before.open().getOrDefault(transaction, before.drawn()));
            }
            next = new Horizon(link.server(), link.openedAt(), look.at(), look.at(), drawn, open);
        } else if (!before.open().isEmpty()) { // nothing was drawn since, and an id is not free
            Set<Long> inProgress = link.inTransaction(connection -> FloorStore.inProgress(connection, Long.MAX_VALUE));
            Map<Long, Drawn> open = new HashMap<>(before.open());
            open.keySet().retainAll(inProgress);
            next = before.checked(look.at(), open);
        } else {
            next = before.checked(look.at(), before.open());
        }
        if (link.opened() == look.connection()) {
            connection = look.connection();
            horizon = next;
        }
        return before;
    }
}
