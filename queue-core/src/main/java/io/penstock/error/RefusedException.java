package io.penstock.error;

import org.jspecify.annotations.Nullable;

/** The input was refused and nothing was done. Correct it; trying again unchanged cannot help. */
public final class RefusedException extends PenstockException {

    public RefusedException(String message) {
        super(message, null);
    }

    public RefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
