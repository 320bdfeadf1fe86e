package io.penstock.error;

import org.jspecify.annotations.Nullable;

/** The root of everything that Penstock throws on purpose. Catch a subtype: each stands for one reaction. */
public abstract class PenstockException extends RuntimeException {

    PenstockException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
