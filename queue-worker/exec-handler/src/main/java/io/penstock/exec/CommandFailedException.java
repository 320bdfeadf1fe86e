package io.penstock.exec;

/** A command ended with another status than 0. The message holds the end of its output. */
final class CommandFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    CommandFailedException(String message) {
        super(message);
    }
}
