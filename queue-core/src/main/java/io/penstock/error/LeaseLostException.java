package io.penstock.error;

import org.jspecify.annotations.Nullable;

/** The attempt no longer owns its job. Roll back: another attempt may be running. */
public final class LeaseLostException extends PenstockException {

    public LeaseLostException(String message) {
        super(message, null);
    }

    public LeaseLostException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
