package io.penstock.plugin;

import java.util.Set;

/**
 * What a plug-in sees of its host: the JDK, the vocabulary that handlers are written in, and the log. Everything else of the host,
 * its libraries above all, is out of sight, so that a plug-in's own versions never meet them.
 */
final class SharedClasses extends ClassLoader {

    private static final Set<String> PACKAGES = Set.of(
            "io.penstock.handler",
            "io.penstock.job",
            "io.penstock.error",
            "org.slf4j",
            "org.slf4j.event",
            "org.slf4j.spi");

    private final ClassLoader host;

    SharedClasses(ClassLoader host) {
        super("penstock-shared", ClassLoader.getPlatformClassLoader());
        this.host = host;
    }

    static boolean shared(String className) {
        int end = className.lastIndexOf('.');
        return end > 0 && PACKAGES.contains(className.substring(0, end));
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (shared(name)) {
            return host.loadClass(name);
        }
        throw new ClassNotFoundException(name + ": neither in the plug-in nor among what it is shown of its host");
    }
}
