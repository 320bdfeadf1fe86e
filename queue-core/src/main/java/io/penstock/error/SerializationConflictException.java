package io.penstock.error;

import org.jspecify.annotations.Nullable;

/** A deadlock, or a conflict of serializable transactions. Nothing was committed. Run the same again. */
public final class SerializationConflictException extends ContentionException {

    public SerializationConflictException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
