package io.penstock.handover;

import io.penstock.database.ServerIdentity;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Positions below which nothing can appear any more: every transaction that had drawn one has ended. True for one server
 * only, since its start.
 */
public record Settled(@Nullable ServerIdentity server, Map<Integer, Long> positions) {

    public static final Settled NOTHING = new Settled(null, Map.of());

    /** The settled position of a queue on that server; 0 if nothing is known. */
    public long position(ServerIdentity asked, int queueId) {
        return asked.equals(server) ? positions.getOrDefault(queueId, 0L) : 0;
    }
}
