package io.penstock.error;

/** An enqueue was refused, for its queue is so far behind that the job would come too late. Nothing was done. */
public final class OverloadException extends PenstockException {

    public OverloadException(String message) {
        super(message, null);
    }
}
