package io.penstock.observe;

/** Hears of everything that a worker does. Called on the worker's own threads: must be quick and not throw. */
@FunctionalInterface
public interface WorkerListener {
    void on(WorkerEvent event);
}
