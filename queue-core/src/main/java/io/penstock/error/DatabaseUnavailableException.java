package io.penstock.error;

import org.jspecify.annotations.Nullable;

/** The server could not be reached, and nothing was committed. Try again later. */
public final class DatabaseUnavailableException extends PenstockException {

    public DatabaseUnavailableException(String message) {
        super(message, null);
    }

    public DatabaseUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
