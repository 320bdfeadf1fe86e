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
