package io.penstock.examples;

import io.penstock.handler.HandlerPlugin;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** Makes jars of plug-ins that are on the class path of the tests, as a build would. */
final class PluginDirectory {

    private PluginDirectory() {}

    /** A jar with the classes of the plug-in's package that begin like it. */
    static void add(Path directory, Class<? extends HandlerPlugin> plugin, String prefix)
            throws IOException, URISyntaxException {
        Files.createDirectories(directory);
        Path place = Path.of(
                plugin.getProtectionDomain().getCodeSource().getLocation().toURI());
        Path jar = directory.resolve(plugin.getSimpleName() + ".jar");
        if (Files.isRegularFile(place)) {
            Files.copy(place, jar);
            return;
        }
        String folder = plugin.getPackageName().replace('.', '/');
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream written = new JarOutputStream(out);
                Stream<Path> classes = Files.list(place.resolve(folder))) {
            for (Path file : classes.toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith(prefix) && name.endsWith(".class")) {
                    written.putNextEntry(new JarEntry(folder + "/" + name));
                    written.write(Files.readAllBytes(file));
                }
            }
            written.putNextEntry(new JarEntry("META-INF/services/" + HandlerPlugin.class.getName()));
            written.write(plugin.getName().getBytes(StandardCharsets.UTF_8));
        }
    }
}
