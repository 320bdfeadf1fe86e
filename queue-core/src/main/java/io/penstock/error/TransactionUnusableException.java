package io.penstock.error;

import org.jspecify.annotations.Nullable;

/** The caller's own connection cannot be written through: closed, read-only, or its transaction has failed already. */
public sealed class TransactionUnusableException extends PenstockException permits ReadOnlyServerException {

    public TransactionUnusableException(String message) {
        super(message, null);
    }

    public TransactionUnusableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
