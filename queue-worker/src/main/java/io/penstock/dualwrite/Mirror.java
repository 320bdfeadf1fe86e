package io.penstock.dualwrite;

import io.penstock.database.Pipeline;
import io.penstock.database.Session;
import io.penstock.job.Checks;
import io.penstock.store.DualWriteStore;
import io.penstock.store.DualWriteStore.KeyState;
import io.penstock.store.DualWriteStore.SideState;
import io.penstock.transaction.TransactionLimits;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes writes on the side that follows: each once, in their order, and only as long as that side is not in charge. */
final class Mirror<T extends Record> {

    /** What became of one. */
    enum Result {
        APPLIED,
        /** It was there before. */
        KNOWN,
        /** One before it is missing. */
        GAP
    }

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
     * Makes the write in a transaction of its own.
     *
     * @throws Fenced if the side is in charge itself, or of a later epoch
     * @throws SQLException if nothing was written, or the answer to its commit was lost; the same again is safe in any case
     */
    Result apply(TransactionLimits limits, MirrorWrite write) throws SQLException {
        try (Session session = Session.openReadCommitted(follower.queue().dataSource(), limits)) {
            return session.inTransaction((connection, pipeline) -> apply(connection, pipeline, write));
        }
    }

    /** The same in a transaction under way. */
    Result apply(Connection connection, Pipeline pipeline, MirrorWrite write) throws SQLException {
        SideState state = DualWriteStore.hold(connection, pipeline, name);
        if (state == null || state.inCharge() || state.epoch() > write.epoch()) {
            throw new Fenced("dual write " + Checks.quoted(name) + ", cluster " + Checks.quoted(follower.name())
                    + ": expected it to follow in epoch " + write.epoch() + ", was "
                    + (state == null
                            ? "not declared"
                            : (state.inCharge() ? "in charge" : "following") + " in epoch " + state.epoch()));
        }
        if (DualWriteStore.follow(connection, name, write.key(), write.sequence(), write.whole())) {
            follower.side().write(connection, write.key(), value(write));
            return Result.APPLIED;
        }
        KeyState known = DualWriteStore.sequences(connection, name, List.of(write.key()))
                .getOrDefault(write.key(), KeyState.NEVER);
        return known.sequence() >= write.sequence() ? Result.KNOWN : Result.GAP;
    }

    private @Nullable T value(MirrorWrite write) {
        return write.value() == null ? null : follower.queue().serializer().read(write.value(), type);
    }
}
