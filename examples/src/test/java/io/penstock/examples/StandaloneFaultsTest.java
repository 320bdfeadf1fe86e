package io.penstock.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.job.JobState;
import io.penstock.job.JobType;
import io.penstock.job.JsonText;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.migrate.Migrator;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.Recovery;
import io.penstock.testkit.RestartableServer;
import io.penstock.worker.Worker;
import java.io.File;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** F05, F10, F43: the standalone worker ends rather than limps, and a rotated password needs no restart. */
class StandaloneFaultsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The other worker starts only then, which takes up to a second. */
    private static final Duration DEATH = Duration.ofSeconds(3).plusSeconds(1);

    private static final Duration LEASE = Duration.ofSeconds(18);
    private static final Duration NEW_SECRET = Duration.ofSeconds(5);
    private static final String FILE = """
            database: {%s}
            worker: {name: it, capacity: 1, headroom: 0, drain-timeout: 1s}
            queues:
              work: {limit: 1}
            plugins: {directory: plugins}
            admin: {port: 0}
            """;

    @TempDir
    private Path directory;

    @BeforeEach
    void prepare() throws Exception {
        PluginDirectory.add(directory.resolve("plugins"), TroublePlugin.class, "TroublePlugin");
    }

    @Test
    void withoutMemoryItEndsAndItsJobIsRunByAnother() throws Exception {
        try (PenstockDatabase database = PenstockDatabase.create("memory", true)) {
            UUID job = exhaust(database, "heap", WorkerJvm.java("-Xmx64m", System.getProperty("java.class.path")), 4);
            Recovery recovery = Recovery.from("F05", DEATH);
            try (Worker other = Worker.on(database.jobQueue())
                    .name("other")
                    .queue(QueueDefinition.of("work", 0, 1, 1))
                    .handle(JobType.of("heap", JsonText.class), context -> Outcome.completed())
                    .start()) {
                await(database.dataSource(), job, JobState.COMPLETED);
                recovery.ended();
            }
            assertThat(database.jobQueue().find(job).orElseThrow().attempts()).isEqualTo(2);
        }
    }

    @Test
    void withoutFilesItDrainsAndEnds() throws Exception {
        try (PenstockDatabase database = PenstockDatabase.create("files", true)) {
            List<String> limited = new ArrayList<>(List.of("sh", "-c", "ulimit -n 200; exec \"$@\"", "sh"));
            limited.addAll(WorkerJvm.java("-Xmx256m", jars()));
            Recovery recovery = Recovery.from("F10 (with its start)", LEASE);
            UUID job = exhaust(database, "files", limited, 5);
            recovery.ended();
            assertThat(database.jobQueue().find(job).orElseThrow().state()).isEqualTo(JobState.RETRYABLE);
            assertThat(database.number("SELECT count(*) FROM penstock.worker"))
                    .as("it took itself off the list")
                    .isZero();
            assertThat(Files.readString(directory.resolve("output.txt")))
                    .contains("ends itself: ", "Too many open files", "in the handler of job type files");
        }
    }

    @Test
    void aRotatedPasswordIsReadFromItsFile() throws Exception {
        RestartableServer.assumeWanted();
        Path password = Files.writeString(directory.resolve("password"), "first\n");
        try (RestartableServer server = RestartableServer.start(Map.of())) {
            String name = server.createDatabase("rotation");
            DataSource owner = server.dataSource(name);
            new Migrator(owner).migrate();
            execute(owner, "CREATE ROLE rotated LOGIN PASSWORD 'first'; GRANT penstock_worker TO rotated");
            server.requirePassword("rotated");
            write("url: \"" + server.url(name) + "\", user: rotated, password-file: password");
            try (WorkerJvm worker = WorkerJvm.launch(
                    WorkerJvm.java("-Xmx256m", System.getProperty("java.class.path")), directory, Map.of())) {
                worker.awaitSaid("worker \"it\": runs; queues work;");
                execute(owner, "ALTER ROLE rotated PASSWORD 'second'");
                await(owner, enqueue(owner, "nothing"), JobState.COMPLETED);
                execute(owner, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rotated'");
                worker.awaitSaid("password authentication failed for user \"rotated\"");
                Recovery recovery = Recovery.from("F43", NEW_SECRET);
                Files.writeString(password, "second\n");
                await(owner, enqueue(owner, "nothing"), JobState.COMPLETED);
                recovery.ended();
                worker.awaitSaid("has another password, new connections use it");
            }
        }
    }

    /** Runs a job that takes all of something, until the worker has ended with the status. */
    private UUID exhaust(PenstockDatabase database, String type, List<String> command, int status) throws Exception {
        String password = PenstockDatabase.server().password();
        write("url: \"" + database.url() + "\", user: "
                + PenstockDatabase.server().user() + (password == null ? "" : ", password: " + password));
        try (WorkerJvm worker = WorkerJvm.launch(command, directory, Map.of())) {
            worker.awaitSaid("worker \"it\": runs; queues work;");
            UUID job = enqueue(database.dataSource(), type);
            assertThat(worker.exitCode()).as(worker.output()).isEqualTo(status);
            return job;
        }
    }

    private void write(String login) throws Exception {
        Files.writeString(directory.resolve("penstock.yaml"), FILE.formatted(login));
    }

    private static UUID enqueue(DataSource dataSource, String type) {
        JobType<JsonText> jobs = JobType.of(type, JsonText.class).onQueue("work");
        return JobQueue.on(dataSource).enqueue(jobs.with(new JsonText("{}"))).id();
    }

    private static void await(DataSource dataSource, UUID job, JobState state) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> JobQueue.on(dataSource).find(job).orElseThrow().state() == state);
    }

    private static void execute(DataSource dataSource, String sql) throws Exception {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The class path with its directories as jars, as a worker is deployed: what is loaded late needs no more files. */
    private String jars() throws Exception {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path place = Path.of(entry);
            entries.add(Files.isDirectory(place) ? jar(place, entries.size()).toString() : entry);
        }
        return String.join(File.pathSeparator, entries);
    }

    private Path jar(Path place, int number) throws Exception {
        Path jar = directory.resolve("classes-" + number + ".jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream written = new JarOutputStream(out);
                Stream<Path> files = Files.walk(place)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                written.putNextEntry(new JarEntry(place.relativize(file).toString()));
                written.write(Files.readAllBytes(file));
            }
        }
        return jar;
    }
}
