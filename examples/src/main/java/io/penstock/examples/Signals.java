package io.penstock.examples;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import sun.misc.Signal;

/**
 * What the process is told from outside: the first signal asks it to end, the second ends it. (A shutdown hook hears of the first
 * only, and the exit status would say that the process was killed, although it drained.)
 */
final class Signals {

    private static final int KILLED_BY = 128;

    private final AtomicInteger received = new AtomicInteger();
    private final Consumer<String> first;
    private final Consumer<String> second;

    private Signals(Consumer<String> first, Consumer<String> second) {
        this.first = first;
        this.second = second;
    }

    /** From now on; each is called with the signal's name, on a thread of its own. */
    static void listen(Consumer<String> first, Consumer<String> second) {
        Signals signals = new Signals(first, second);
        Signal.handle(new Signal("TERM"), signals::heard);
        Signal.handle(new Signal("INT"), signals::heard);
    }

    private void heard(Signal signal) {
        String name = "SIG" + signal.getName();
        if (received.incrementAndGet() == 1) {
            first.accept(name);
        } else {
            second.accept(name);
            Runtime.getRuntime().halt(KILLED_BY + signal.getNumber());
        }
    }
}
