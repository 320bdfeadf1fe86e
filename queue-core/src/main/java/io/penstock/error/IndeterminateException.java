package io.penstock.error;

import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a COMMIT was lost, and asking again did not settle it in time. What was asked for took place as a whole
 * or not at all: of jobs enqueued, all exist or none. {@link #resolve} asks before anything is done anew.
 */
public final class IndeterminateException extends PenstockException {

    /** What became of a transaction. */
    public enum Resolution {
        COMMITTED,
        ROLLED_BACK,
        /** It cannot be told, now or ever: look for what it wrote. */
        UNKNOWN
    }

    private final transient List<UUID> jobIds;
    private final transient @Nullable Supplier<Resolution> resolver;

    public IndeterminateException(String message, List<UUID> jobIds, @Nullable Throwable cause) {
        this(message, jobIds, null, cause);
    }

    /** The same, with what asks the server. */
    public IndeterminateException(
            String message, List<UUID> jobIds, @Nullable Supplier<Resolution> resolver, @Nullable Throwable cause) {
        super(message, cause);
        this.jobIds = List.copyOf(jobIds);
        this.resolver = resolver;
    }

    /** The ids that the jobs have if the commit took place; empty where something else than an enqueue was asked for. */
    public List<UUID> jobIds() {
        return jobIds == null ? List.of() : jobIds;
    }

    /**
     * Asks the server, over another connection, for ten seconds at most; may be called again. The answer is by the id of the transaction, and by that of a job
     * where one was enqueued by itself. Unknown if the server cannot be reached, if it is another one since a failover, or if too much time has passed.
     */
    public Resolution resolve() {
        return resolver == null ? Resolution.UNKNOWN : resolver.get();
    }
}
