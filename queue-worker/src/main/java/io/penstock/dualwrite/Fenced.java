package io.penstock.dualwrite;

/** The side is not in charge of the epoch that the write was begun under: who is has to be read again. */
final class Fenced extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Fenced(String message) {
        super(message);
    }
}
