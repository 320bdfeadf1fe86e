package io.penstock.dualwrite;

import io.penstock.database.Pipeline;
import io.penstock.database.Session;
import io.penstock.job.Checks;
import io.penstock.store.DualWriteStore;
import io.penstock.store.DualWriteStore.KeptWrite;
import io.penstock.store.DualWriteStore.KeyState;
import io.penstock.store.DualWriteStore.SideState;
import io.penstock.transaction.TransactionLimits;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes writes on the side that follows: each once, in their order, and only as long as that side is not in charge. */
final class Mirror<T extends Record> {

    private final String name;
    private final Class<T> type;
    private final Cluster<T> follower;

    Mirror(String name, Class<T> type, Cluster<T> follower) {
        this.name = name;
        this.type = type;
        this.follower = follower;
    }

    Cluster<T> follower() {
        return follower;
    }

    /**
     * Makes a write if it is the next of its key, in a transaction of its own.
     *
     * @return whether the side has it now; if not, one before it is missing
     * @throws Fenced if the side is in charge itself, or of a later epoch
     * @throws SQLException if nothing was written, or the answer to its commit was lost; the same again is safe in any case
     */
    boolean applyNext(TransactionLimits limits, String key, KeptWrite write) throws SQLException {
        try (Session session = Session.openReadCommitted(follower.queue().dataSource(), limits)) {
            return session.inTransaction((connection, pipeline) -> {
                fence(connection, pipeline, write.epoch());
                return make(connection, key, write, false) || sequence(connection, key) >= write.sequence();
            });
        }
    }

    /** Makes all of some writes of a key that the side has not, in one transaction of its own; as the above throws. */
    void applyAll(TransactionLimits limits, String key, List<KeptWrite> writes) throws SQLException {
        try (Session session = Session.openReadCommitted(follower.queue().dataSource(), limits)) {
            session.inTransaction((connection, pipeline) -> {
                applyAll(connection, pipeline, key, writes);
                return writes;
            });
        }
    }

    /** The same in a transaction under way. */
    void applyAll(Connection connection, Pipeline pipeline, String key, List<KeptWrite> writes) throws SQLException {
        fence(
                connection,
                pipeline,
                writes.get(writes.size() - 1).epoch()); // earlier epochs were mirrored before their switch
        for (KeptWrite write : writes) {
            make(connection, key, write, true);
        }
    }

    /** How far the side has come with a key. */
    long sequence(Connection connection, String key) throws SQLException {
        return DualWriteStore.sequences(connection, name, List.of(key))
                .getOrDefault(key, KeyState.NEVER)
                .sequence();
    }

    private boolean make(Connection connection, String key, KeptWrite write, boolean overGaps) throws SQLException {
        boolean next = DualWriteStore.follow(connection, name, key, write.sequence(), overGaps);
        if (next) {
            follower.side().write(connection, key, value(write));
        }
        return next;
    }

    private void fence(Connection connection, Pipeline pipeline, long epoch) throws SQLException {
        SideState state = DualWriteStore.hold(connection, pipeline, name);
        if (state == null || state.inCharge() || state.epoch() > epoch) {
            throw new Fenced("dual write " + Checks.quoted(name) + ", cluster " + Checks.quoted(follower.name())
                    + ": expected it to follow in epoch " + epoch + ", was "
                    + (state == null
                            ? "not declared"
                            : (state.inCharge() ? "in charge" : "following") + " in epoch " + state.epoch()));
        }
    }

    private @Nullable T value(KeptWrite write) {
        return write.value() == null ? null : follower.queue().serializer().read(write.value(), type);
    }
}
