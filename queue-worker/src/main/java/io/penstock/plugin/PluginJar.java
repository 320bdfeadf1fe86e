package io.penstock.plugin;

import io.penstock.error.RefusedException;
import io.penstock.handler.HandlerPlugin;
import io.penstock.job.Checks;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/** One jar, or a directory of jars, with the plug-ins that it names. */
final class PluginJar implements AutoCloseable {

    private final Path place;
    private final URLClassLoader loader;

    private PluginJar(Path place, URLClassLoader loader) {
        this.place = place;
        this.loader = loader;
    }

    /**
     * Opens it.
     *
     * @param jars one, or those of the directory
     * @throws RefusedException if one of them is no jar, or brings classes that are the host's
     */
    static PluginJar open(Path place, List<Path> jars) {
        List<URL> locations = new ArrayList<>();
        for (Path jar : jars) {
            check(jar);
            try {
                locations.add(jar.toUri().toURL());
            } catch (MalformedURLException impossible) {
                throw new IllegalStateException("a file has an address: " + jar, impossible);
            }
        }
        ClassLoader parent = new SharedClasses(HandlerPlugin.class.getClassLoader());
        return new PluginJar(
                place, new URLClassLoader(place.getFileName().toString(), locations.toArray(URL[]::new), parent));
    }

    /** A jar that brings the host's own types would be given the host's in silence, in another version than it was made for. */
    private static void check(Path jar) {
        try (JarFile file = new JarFile(jar.toFile())) {
            for (JarEntry entry : file.stream().toList()) {
                String name = entry.getName();
                if (name.endsWith(".class")
                        && SharedClasses.shared(
                                name.substring(0, name.length() - 6).replace('/', '.'))) {
                    throw new RefusedException(
                            "plug-in " + Checks.quoted(jar.getFileName().toString())
                                    + ": expected no classes of packages that the worker shares with it, was " + name
                                    + "; build it with that dependency as provided");
                }
            }
        } catch (IOException broken) {
            throw new RefusedException(
                    "plug-in " + Checks.quoted(jar.getFileName().toString()) + ": expected a jar, was not to be read: "
                            + broken.getMessage(),
                    broken);
        }
    }

    String name() {
        return place.getFileName().toString();
    }

    ClassLoader loader() {
        return loader;
    }

    /** Its plug-ins, at least one. */
    List<HandlerPlugin> plugins() {
        List<HandlerPlugin> plugins = new ArrayList<>();
        try {
            ServiceLoader.load(HandlerPlugin.class, loader).forEach(plugins::add);
        } catch (ServiceConfigurationError | LinkageError broken) {
            throw refused("plug-ins that can be loaded", String.valueOf(broken.getMessage()), broken);
        }
        if (plugins.isEmpty()) {
            throw refused(
                    "a plug-in named in META-INF/services/" + HandlerPlugin.class.getName(),
                    "none; move it out of the directory",
                    null);
        }
        return plugins;
    }

    RefusedException refused(String expected, String found, @Nullable Throwable cause) {
        String message = "plug-in " + Checks.quoted(name()) + ": expected " + expected + ", was " + found;
        return cause == null ? new RefusedException(message) : new RefusedException(message, cause);
    }

    @Override
    public void close() {
        try {
            loader.close();
        } catch (IOException failure) {
            throw new IllegalStateException("plug-in " + Checks.quoted(name()) + " could not be closed", failure);
        }
    }
}
