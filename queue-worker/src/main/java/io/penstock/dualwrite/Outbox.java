package io.penstock.dualwrite;

import io.penstock.database.Session;
import io.penstock.database.Work;
import io.penstock.store.DualWriteStore;
import io.penstock.store.DualWriteStore.KeptWrite;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.util.List;

/**
 * What a side in charge keeps for the other. Writes of a key are committed in their order, as each holds its row, so what is read here has no gap that could be filled
 * later: one that is missing was brought already, and its row deleted.
 */
final class Outbox<T extends Record> {

    private static final int AT_ONCE = 50;

    private final String name;
    private final Cluster<T> from;
    private final Mirror<T> to;

    Outbox(String name, Cluster<T> from, Mirror<T> to) {
        this.name = name;
        this.from = from;
        this.to = to;
    }

    /**
     * Brings the other side all that is kept of a key, and forgets it here. Two that do so at once take turns at the key's row there.
     *
     * @throws Fenced if the other side takes nothing of that epoch: it is still kept here
     * @throws SQLException of either side; the same again is safe
     */
    void bring(TransactionLimits limits, String key) throws SQLException {
        while (true) {
            List<KeptWrite> kept = here(limits, key);
            if (kept.isEmpty()) {
                return;
            }
            to.applyAll(limits, key, kept);
            forget(limits, key, kept.get(kept.size() - 1).sequence());
            if (kept.size() < AT_ONCE) {
                return;
            }
        }
    }

    /** Forgets what the other side has; whether anything is left. */
    boolean forgetKnown(TransactionLimits limits, String key) throws SQLException {
        long known;
        try (Session session = Session.open(to.follower().queue().dataSource(), limits)) {
            known = session.inTransaction(connection -> to.sequence(connection, key));
        }
        forget(limits, key, known);
        return !here(limits, key).isEmpty();
    }

    private List<KeptWrite> here(TransactionLimits limits, String key) throws SQLException {
        return transact(limits, connection -> DualWriteStore.kept(connection, name, key, AT_ONCE));
    }

    private void forget(TransactionLimits limits, String key, long sequence) throws SQLException {
        transact(limits, connection -> {
            DualWriteStore.done(connection, name, key, sequence);
            return key;
        });
    }

    private <R> R transact(TransactionLimits limits, Work<R> work) throws SQLException {
        try (Session session = Session.open(from.queue().dataSource(), limits)) {
            return session.inTransaction(work);
        }
    }
}
