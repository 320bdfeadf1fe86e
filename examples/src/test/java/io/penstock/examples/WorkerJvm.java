package io.penstock.examples;

import io.penstock.testkit.DatabaseServer;
import io.penstock.testkit.PenstockDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** {@code penstock worker} in a JVM of its own, and what it says. */
final class WorkerJvm implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Process process;
    private final Path output;

    private WorkerJvm(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static WorkerJvm start(PenstockDatabase database, Path directory, Map<String, String> environment, String... more)
            throws IOException {
        DatabaseServer server = PenstockDatabase.server();
        String password = server.password();
        Map<String, String> all = new HashMap<>(Map.of(
                "PENSTOCK_DATABASE_URL", database.url(),
                "PENSTOCK_DATABASE_USER", server.user(),
                "PENSTOCK_DATABASE_PASSWORD", password == null ? "" : password));
        all.putAll(environment);
        return launch(java("-Xmx256m", System.getProperty("java.class.path"), more), directory, all);
    }

    /** The command that starts the worker of "penstock.yaml". */
    static List<String> java(String heap, String classPath, String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                heap,
                "-cp",
                classPath,
                Main.class.getName(),
                "worker",
                "--config",
                "penstock.yaml"));
        command.addAll(List.of(more));
        return command;
    }

    static WorkerJvm launch(List<String> command, Path directory, Map<String, String> environment) throws IOException {
        Path output = directory.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        return new WorkerJvm(builder.start(), output);
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    /** Waits until it has said something, or has ended without. */
    void awaitSaid(String text) throws IOException {
        Awaitility.await("\"" + text + "\"")
                .atMost(PATIENCE)
                .until(() -> output().contains(text) || !process.isAlive());
        if (!output().contains(text)) {
            throw new AssertionError("expected \"" + text + "\", was:\n" + output());
        }
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    int exitCode() throws InterruptedException, IOException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("expected it to have ended, it runs:\n" + output());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
