package io.penstock.handover;

import io.penstock.database.ServerIdentity;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Positions below which nothing can appear any more: every transaction that had drawn one has ended. True for one server
 * only, and for as long as it has not crashed: what was never flushed is forgotten then, and sequences go back. A crash
 * ends every connection, so whoever uses this asks with the time at which its own connection was opened.
 *
 * @param readAt this process's monotonic clock before the positions were read
 */
public record Settled(@Nullable ServerIdentity server, Map<Integer, Long> positions, long readAt) {

    public static final Settled NOTHING = new Settled(null, Map.of(), 0);

    /** The settled position of a queue, for a connection to that server opened then; 0 if nothing is known. */
    public long position(ServerIdentity asked, int queueId, long connectedAt) {
        return asked.equals(server) && readAt - connectedAt > 0 ? positions.getOrDefault(queueId, 0L) : 0;
    }
}
