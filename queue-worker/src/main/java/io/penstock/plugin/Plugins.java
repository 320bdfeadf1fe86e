package io.penstock.plugin;

import io.penstock.error.RefusedException;
import io.penstock.handler.HandlerPlugin;
import io.penstock.handler.HandlerRegistration;
import io.penstock.handler.PluginSettings;
import io.penstock.job.Checks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Every plug-in of a directory, with the handlers that they bring. */
public final class Plugins implements AutoCloseable {

    private static final String NAME_PATTERN = "[a-z][a-z0-9-]{0,39}";
    private static final int MOST = 100;

    private final List<PluginJar> jars = new ArrayList<>();
    private final Map<String, String> jarOfPlugin = new LinkedHashMap<>();
    private final Map<String, String> jarOfType = new LinkedHashMap<>();
    private final List<HandlerRegistration<?>> registrations = new ArrayList<>();

    private Plugins() {}

    public static Plugins none() {
        return new Plugins();
    }

    /**
     * Loads what is in a directory: each jar there, and each directory of jars.
     *
     * @param reserved names that no plug-in may have
     * @param settings the section of a plug-in's name
     * @throws RefusedException with the jar's name, if one of them is broken or two of them collide
     */
    public static Plugins load(Path directory, Set<String> reserved, Function<String, PluginSettings> settings) {
        Plugins plugins = new Plugins();
        try {
            for (Path place : entries(directory)) {
                List<Path> jars = Files.isDirectory(place)
                        ? entries(place).stream().filter(Plugins::isJar).toList()
                        : List.of(place);
                if (!jars.isEmpty() && isJar(jars.get(0))) {
                    plugins.add(PluginJar.open(place, jars), reserved, settings);
                }
            }
            return plugins;
        } catch (RuntimeException failure) {
            plugins.close();
            throw failure;
        }
    }

    /** What they run. */
    public List<HandlerRegistration<?>> registrations() {
        return List.copyOf(registrations);
    }

    /** Which jar brings the handler of a job type, if one does. */
    public Optional<String> jarOf(String type) {
        return Optional.ofNullable(jarOfType.get(type));
    }

    private void add(PluginJar jar, Set<String> reserved, Function<String, PluginSettings> settings) {
        jars.add(jar);
        for (HandlerPlugin plugin : jar.plugins()) {
            try {
                String name = plugin.name();
                if (!Checks.present("plug-in name", name).matches(NAME_PATTERN) || reserved.contains(name)) {
                    throw jar.refused(
                            "a plug-in name of lower-case letters, digits or - that is none of " + reserved,
                            Checks.quoted(name),
                            null);
                }
                claim(jar, "plug-in", name, jarOfPlugin);
                for (HandlerRegistration<?> registration : plugin.handlers(settings.apply(name))) {
                    claim(jar, "job type", registration.type().name(), jarOfType);
                    registrations.add(InItsLoader.wrap(registration, jar.loader()));
                }
            } catch (LinkageError broken) {
                throw jar.refused("classes that fit together", String.valueOf(broken), broken);
            }
        }
    }

    private static void claim(PluginJar jar, String kind, String name, Map<String, String> jarOf) {
        String other = jarOf.putIfAbsent(name, jar.name());
        if (other != null) {
            throw jar.refused(
                    "no " + kind + " " + Checks.quoted(name) + " beside that of " + Checks.quoted(other), "one", null);
        }
    }

    private static boolean isJar(Path file) {
        return file.getFileName().toString().endsWith(".jar") && !Files.isDirectory(file);
    }

    private static List<Path> entries(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            List<Path> found = entries.sorted().limit(MOST + 1L).toList();
            if (found.size() > MOST) {
                throw Checks.refused(
                        "plug-in directory " + Checks.quoted(directory.toString()),
                        "at most " + MOST + " entries",
                        "more");
            }
            return found;
        } catch (IOException failure) {
            throw new RefusedException(
                    "plug-in directory: expected a directory of jars, was not to be read: " + failure, failure);
        }
    }

    @Override
    public void close() {
        jars.forEach(PluginJar::close);
        jars.clear();
    }
}
