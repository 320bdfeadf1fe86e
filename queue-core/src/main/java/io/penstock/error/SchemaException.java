package io.penstock.error;

import org.jspecify.annotations.Nullable;

/** The database cannot serve this version: schema missing, older or newer, or the server too old. An operator has to act. */
public final class SchemaException extends PenstockException {

    public SchemaException(String message) {
        super(message, null);
    }

    public SchemaException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
