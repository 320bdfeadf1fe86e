package io.penstock.error;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a COMMIT was lost, and asking again did not settle it in time. What was asked for took place as a whole
 * or not at all: of jobs enqueued, all exist or none. Ask with {@code JobQueue.find} before enqueueing anew.
 */
public final class IndeterminateException extends PenstockException {

    private final transient List<UUID> jobIds;

    public IndeterminateException(String message, List<UUID> jobIds, @Nullable Throwable cause) {
        super(message, cause);
        this.jobIds = List.copyOf(jobIds);
    }

    /** The ids that the jobs have if the commit took place; empty where something else than an enqueue was asked for. */
    public List<UUID> jobIds() {
        return jobIds;
    }
}
