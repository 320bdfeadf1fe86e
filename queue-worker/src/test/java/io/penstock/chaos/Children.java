package io.penstock.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.postgresql.ds.PGSimpleDataSource;

/** The processes of one test, each with a log of its own. */
public final class Children {

    private static final long PATIENCE_SECONDS = 60;

    private final Path directory;
    private final List<Process> processes = new ArrayList<>();

    public Children(Path directory) {
        this.directory = directory;
    }

    /** Starts a class in a JVM of its own: its arguments are URL, user, password, name, and more. */
    public Process start(
            Class<?> main, String name, DataSource over, List<String> more, Map<String, String> environment)
            throws IOException, SQLException {
        PGSimpleDataSource login = over.unwrap(PGSimpleDataSource.class);
        String password = login.getPassword();
        List<String> arguments =
                new ArrayList<>(List.of(login.getUrl(), login.getUser(), password == null ? "" : password, name));
        arguments.addAll(more);
        ProcessBuilder jvm = WorkerProcess.jvm(
                main, List.of(), arguments, directory.resolve(name + ".log").toFile());
        jvm.environment().putAll(environment);
        Process process = jvm.start();
        processes.add(process);
        return process;
    }

    public Process start(Class<?> main, String name, DataSource over) throws IOException, SQLException {
        return start(main, name, over, List.of(), Map.of());
    }

    /** Waits until its worker runs: one that is frozen or killed before that may not start at all. */
    public void awaitReady(String name, Process process) throws IOException {
        Path log = directory.resolve(name + ".log");
        Awaitility.await("\"" + name + "\" runs, or has ended")
                .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .until(() -> ready(log) || !process.isAlive());
        assertThat(ready(log))
                .as("\"" + name + "\" has started: %s", Files.readString(log))
                .isTrue();
    }

    private static boolean ready(Path log) throws IOException {
        return Files.readAllLines(log).contains(WorkerProcess.READY);
    }

    public static void signal(String signal, Process process) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(status).as("kill -" + signal).isZero();
    }

    /** Tells all of them to end, and kills who does not. */
    public void end() throws InterruptedException {
        processes.forEach(Process::destroy);
        for (Process process : processes) {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        processes.clear();
    }
}
