package io.penstock.examples;

import ch.qos.logback.classic.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From the moment that the process is told to end, what breaks because of it is nobody's concern. */
final class QuietExit {

    private static final AtomicBoolean ENDING = new AtomicBoolean();

    private QuietExit() {}

    static void prepare() {
        Logger root = LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> quiet(root), "quiet-at-exit"));
    }

    static boolean begun() {
        return ENDING.get();
    }

    private static void quiet(Logger root) {
        ENDING.set(true);
        if (root instanceof ch.qos.logback.classic.Logger logback) {
            logback.setLevel(Level.OFF);
        }
    }
}
