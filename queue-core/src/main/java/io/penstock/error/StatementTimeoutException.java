package io.penstock.error;

import org.jspecify.annotations.Nullable;

/** A statement took longer than its limit. Nothing was committed. Try again with less work in one statement, or look at its plan. */
public final class StatementTimeoutException extends ContentionException {

    public StatementTimeoutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
