package io.penstock.error;

import org.jspecify.annotations.Nullable;

/** The server takes no writes: a standby, perhaps since a moment ago, or a transaction declared read-only. Nothing was committed. Go to the primary. */
public final class ReadOnlyServerException extends TransactionUnusableException {

    public ReadOnlyServerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
