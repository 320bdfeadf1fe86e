package io.penstock.run;

import io.penstock.job.Checks;
import io.penstock.run.SlotThreads.Task;
import java.util.Collection;
import java.util.concurrent.ThreadFactory;

/** A virtual thread per attempt, where the JDK has them. Compiled for one that has not. */
final class VirtualThreads {

    private static final int FIRST_WITH_THEM = 21;

    private final ThreadFactory factory;

    VirtualThreads(String name) {
        if (Runtime.version().feature() < FIRST_WITH_THEM) {
            throw Checks.refused(
                    "virtual threads",
                    "Java " + FIRST_WITH_THEM + " or newer; leave the option out, or start the worker on one",
                    "Java " + Runtime.version().feature());
        }
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            Object named = type.getMethod("name", String.class, long.class).invoke(builder, name, 1L);
            this.factory = (ThreadFactory) type.getMethod("factory").invoke(named);
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException("virtual threads: this Java should have them", missing);
        }
    }

    void execute(Collection<? extends Task> tasks) {
        tasks.forEach(task -> factory.newThread(task::run).start());
    }
}
