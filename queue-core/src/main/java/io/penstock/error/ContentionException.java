package io.penstock.error;

import org.jspecify.annotations.Nullable;

/** Others were in the way, or the time was too short: a subtype says which where that is known. Nothing was committed. Try again. */
public sealed class ContentionException extends PenstockException
        permits LockTimeoutException,
                StatementTimeoutException,
                TransactionDeadlineException,
                SerializationConflictException {

    public ContentionException(String message) {
        super(message, null);
    }

    public ContentionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
