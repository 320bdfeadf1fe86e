package io.penstock.error;

import org.jspecify.annotations.Nullable;

/** A lock, a deadlock or a time limit ended the transaction, and nothing was committed. Try again. */
public final class ContentionException extends PenstockException {

    public ContentionException(String message) {
        super(message, null);
    }

    public ContentionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
