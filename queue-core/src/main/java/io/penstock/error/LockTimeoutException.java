package io.penstock.error;

import org.jspecify.annotations.Nullable;

/** Somebody else holds a lock for longer than was waited for it. Nothing was committed. Try again; if it stays, {@code penstock doctor blockers} says who. */
public final class LockTimeoutException extends ContentionException {

    public LockTimeoutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
