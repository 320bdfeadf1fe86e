package io.penstock.http;

/** The other side answered that it did not do it, this time. */
final class HttpFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    HttpFailedException(String message) {
        super(message);
    }
}
