package io.penstock.error;

import org.jspecify.annotations.Nullable;

/** The transaction was open for longer than its limit, or idle in it, and was ended. Nothing was committed. Do less in one transaction, and nothing that waits for others. */
public final class TransactionDeadlineException extends ContentionException {

    public TransactionDeadlineException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
