package io.penstock.handler;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An attempt ran longer than its handler's timeout, and was interrupted. The cause is what the handler threw then. */
public final class AttemptTimeoutException extends Exception {

    private static final long serialVersionUID = 1L;

    public AttemptTimeoutException(Duration timeout, @Nullable Throwable cause) {
        super("ran longer than its timeout of " + timeout.toMillis() + " ms and was interrupted", cause);
    }
}
