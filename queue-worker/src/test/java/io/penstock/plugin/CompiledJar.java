package io.penstock.plugin;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** A jar made of sources while a test runs. */
public final class CompiledJar {

    private CompiledJar() {}

    /** A plug-in of one class, {@code acme.Plugin}, that brings a handler of one job type. */
    static Path plugin(Path jar, String plugin, String type, String body) throws IOException {
        String source = """
                package acme;
                import io.penstock.handler.*;
                import io.penstock.job.*;
                import java.util.List;
                public class Plugin implements HandlerPlugin {
                    public record Order(int number) {}
                    public String name() { return "%s"; }
                    public Iterable<HandlerRegistration<?>> handlers(PluginSettings settings) {
                        String greeting = settings.text("greeting", "none");
                        return List.of(HandlerRegistration.of(JobType.of("%s", Order.class), context -> { %s }));
                    }
                }
                """.formatted(plugin, type, body);
        return of(
                jar,
                Map.of("acme/Plugin.java", source),
                Map.of("META-INF/services/io.penstock.handler.HandlerPlugin", "acme.Plugin"));
    }

    static Path of(Path jar, Map<String, String> sources, Map<String, String> resources) throws IOException {
        Path directory = Files.createTempDirectory(jar.getParent(), "sources");
        Map<String, byte[]> entries = new LinkedHashMap<>();
        resources.forEach((name, text) -> entries.put(name, text.getBytes(StandardCharsets.UTF_8)));
        if (!sources.isEmpty()) {
            compile(directory, sources);
            try (Stream<Path> classes = Files.walk(directory.resolve("classes"))) {
                for (Path file : classes.filter(Files::isRegularFile).toList()) {
                    entries.put(directory.resolve("classes").relativize(file).toString(), Files.readAllBytes(file));
                }
            }
        }
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream written = new JarOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                written.putNextEntry(new JarEntry(entry.getKey()));
                written.write(entry.getValue());
            }
        }
        try (Stream<Path> left = Files.walk(directory)) {
            for (Path file : left.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.delete(file);
            }
        }
        return jar;
    }

    private static void compile(Path directory, Map<String, String> sources) throws IOException {
        List<String> arguments = new java.util.ArrayList<>(
                List.of("-d", directory.resolve("classes").toString(), "-proc:none"));
        for (Map.Entry<String, String> source : sources.entrySet()) {
            Path file = directory.resolve(source.getKey());
            Files.createDirectories(file.getParent());
            arguments.add(Files.writeString(file, source.getValue()).toString());
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler.run(null, null, null, arguments.toArray(String[]::new)) != 0) {
            throw new IllegalStateException("the sources of the test do not compile: " + sources);
        }
    }
}
