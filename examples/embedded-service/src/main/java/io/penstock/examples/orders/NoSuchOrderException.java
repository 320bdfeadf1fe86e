package io.penstock.examples.orders;

/** A job names an order that is not there: trying again cannot help. */
final class NoSuchOrderException extends Exception {

    private static final long serialVersionUID = 1L;

    NoSuchOrderException(long order) {
        super("order " + order + ": expected it to be stored, found none");
    }
}
