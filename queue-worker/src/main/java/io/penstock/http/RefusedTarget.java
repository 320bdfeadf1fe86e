package io.penstock.http;

/** A URL that this worker does not post to, however often it is tried. */
final class RefusedTarget extends Exception {

    private static final long serialVersionUID = 1L;

    RefusedTarget(String message) {
        super(message);
    }
}
