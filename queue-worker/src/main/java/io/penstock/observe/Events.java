package io.penstock.observe;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands each event to every listener. A listener that throws is logged and harms nobody else. */
public final class Events {

    private static final Logger log = LoggerFactory.getLogger(Events.class);

    private final List<WorkerListener> listeners;

    public Events(List<WorkerListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    /**
     * Takes note of a defect that a loop of the worker has survived. An error of the virtual machine is also handed to whoever
     * hears of what nobody caught: a process that is the worker's alone ends upon it.
     *
     * @param part what the defect ended
     */
    public static void defect(String part, Throwable defect) {
        log.error("a defect ended {} of this worker, it goes on; please report it", part, defect);
        if (defect instanceof VirtualMachineError) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, defect);
        }
    }

    public void tell(WorkerEvent event) {
        for (WorkerListener listener : listeners) {
            try {
                listener.on(event);
            } catch (RuntimeException | Error failure) {
                log.warn("a listener failed on {}; the worker goes on", event, failure);
            }
        }
    }
}
