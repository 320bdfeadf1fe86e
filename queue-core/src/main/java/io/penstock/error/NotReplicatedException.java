package io.penstock.error;

import org.jspecify.annotations.Nullable;

/** The transaction is committed and to be seen, but somebody ended its wait for the standby: if the primary is lost now, so is it. Do not repeat it. */
public final class NotReplicatedException extends PenstockException {

    public NotReplicatedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
