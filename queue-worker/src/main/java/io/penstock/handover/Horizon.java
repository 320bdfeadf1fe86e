package io.penstock.handover;

import io.penstock.database.ServerIdentity;
import io.penstock.store.FloorStore.Drawn;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How far back jobs may still appear. Whoever drew a position up to {@code drawn} has ended, or is one of the
 * {@code open} transactions. Of each of those it is known what had been drawn before it could draw anything: so a job that
 * one of them commits lies above that, and nothing else can appear below {@code drawn} at all.
 *
 * <p>True for one server only, and for as long as it has not crashed: what was never flushed is forgotten then, and
 * sequences go back. A crash ends every connection, so whoever uses this asks with the time at which its own connection
 * was opened.
 *
 * @param connectedAt this process's monotonic clock when the connection that it is read on was opened
 * @param readAt the same before the positions were read
 * @param checkedAt the same before they were last seen to be what they are, and the open transactions to be open
 */
public record Horizon(
        @Nullable ServerIdentity server,
        long connectedAt,
        long readAt,
        long checkedAt,
        Drawn drawn,
        Map<Long, Drawn> open) {

    public static final Horizon NOTHING = new Horizon(null, 0, 0, 0, Drawn.NOTHING, Map.of());

    /** The same, seen to stand later, with only these of its transactions open. */
    public Horizon checked(long at, Map<Long, Drawn> stillOpen) {
        return new Horizon(server, connectedAt, readAt, at, drawn, stillOpen);
    }

    /** Whether anything is known at all. */
    public boolean known() {
        return server != null;
    }

    /** This, if it holds for a connection to that server opened then; else {@link #NOTHING}. */
    public Horizon on(ServerIdentity asked, long connectedAt) {
        return asked.equals(server) && readAt - connectedAt > 0 ? this : NOTHING;
    }

    /** Whether nothing has been drawn, opened or ended since an earlier one, as far as is known. */
    public boolean sameAs(Horizon earlier) {
        return readAt == earlier.readAt && open.keySet().equals(earlier.open.keySet());
    }

    /**
     * The position of a queue above which jobs may have appeared since an earlier horizon, although it had been passed by
     * then; {@link Long#MAX_VALUE} if nowhere.
     */
    public long reopened(Horizon earlier, int queueId) {
        return reopened(earlier, drawn -> drawn.position(queueId));
    }

    /** The same for jobs that wait for their time: the due time after which they may have appeared. */
    public long reopenedDue(Horizon earlier) {
        return reopened(earlier, Drawn::clock);
    }

    private long reopened(Horizon earlier, ToLongFunction<Drawn> coordinate) {
        return earlier.open().entrySet().stream()
                .filter(transaction -> !open.containsKey(transaction.getKey()))
                .mapToLong(transaction -> coordinate.applyAsLong(transaction.getValue()))
                .min()
                .orElse(Long.MAX_VALUE);
    }
}
