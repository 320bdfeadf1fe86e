package io.penstock.error;

import org.jspecify.annotations.Nullable;

/** Somebody cancelled the statement on purpose. Nothing was committed. Ask who before trying again. */
public final class StatementCancelledException extends PenstockException {

    public StatementCancelledException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
