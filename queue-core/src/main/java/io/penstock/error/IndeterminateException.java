package io.penstock.error;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a COMMIT was lost, and asking again did not settle it in time. The jobs exist, all of them or none. Ask
 * with {@code JobQueue.find} before enqueueing anew.
 */
public final class IndeterminateException extends PenstockException {

    private final transient List<UUID> jobIds;

    public IndeterminateException(String message, List<UUID> jobIds, @Nullable Throwable cause) {
        super(message, cause);
        this.jobIds = List.copyOf(jobIds);
    }

    /** The ids that the jobs have if the commit took place. */
    public List<UUID> jobIds() {
        return jobIds;
    }
}
