package io.penstock.handler;

/**
 * Brings handlers to a standalone worker process. Named in {@code META-INF/services/io.penstock.handler.HandlerPlugin} of a jar in
 * the plug-in directory, with a public constructor without parameters.
 *
 * <p>Each jar has a class loader of its own, which shows it the JDK, the packages {@code io.penstock.handler}, {@code
 * io.penstock.job} and {@code io.penstock.error}, and SLF4J; everything else it brings itself. Its handlers run with that loader as
 * the thread's context class loader.
 */
public interface HandlerPlugin {

    /** A lower-case letter followed by at most 39 lower-case letters, digits or {@code -}: its section in the file of the worker. */
    String name();

    /**
     * What it runs. Called once, when the process starts or its configuration is checked: opens nothing that has to be closed.
     *
     * @param settings its section of the worker's file, empty if there is none; each key that it does not ask for is refused
     * @throws io.penstock.error.RefusedException if the settings do not fit, best made by {@link PluginSettings#refused}
     */
    Iterable<HandlerRegistration<?>> handlers(PluginSettings settings);
}
