package io.penstock.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.penstock.JobQueue;
import io.penstock.exec.ExecPlugin;
import io.penstock.job.JobSnapshot;
import io.penstock.job.JobState;
import io.penstock.job.JobType;
import io.penstock.job.JsonText;
import io.penstock.testkit.PenstockDatabase;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The standalone worker as it is started, told to end, and as it ends by itself; each time a JVM of its own. */
class StandaloneWorkerTest {

    private static final Path EXAMPLE = Path.of("standalone-worker");
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String FILE = """
            database: {url: "from the environment"}
            worker: {name: it, capacity: 1, headroom: 0, drain-timeout: %s}
            queues:
              work: {limit: 1}
            plugins: {directory: plugins}
            admin: {port: 0}
            """;

    @TempDir
    private Path directory;

    private PenstockDatabase database = PenstockDatabase.create("standalone", true);

    @AfterEach
    void dropDatabase() throws Exception {
        database.close();
    }

    @Test
    void theExampleWithoutJavaRuns() throws Exception {
        for (String name : new String[] {"penstock.yaml", "greet.sh"}) {
            Files.copy(EXAMPLE.resolve(name), directory.resolve(name));
        }
        PluginDirectory.add(directory.resolve("plugins"), ExecPlugin.class, "");
        BlockingQueue<String> posted = new LinkedBlockingQueue<>();
        HttpServer hooks = HttpServer.create(new InetSocketAddress(InetAddress.getByName("localhost"), 0), 0);
        hooks.createContext("/orders", exchange -> {
            posted.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        hooks.start();
        Path greetings = directory.resolve("greetings");
        Map<String, String> environment = Map.of(
                "HOOK_PORT", String.valueOf(hooks.getAddress().getPort()),
                "GREETINGS", greetings.toString(),
                "PENSTOCK_ADMIN_PORT", "0");
        try (WorkerJvm worker = WorkerJvm.start(database, directory, environment)) {
            worker.awaitSaid("job types order-placed, exec/greet; health and metrics at ");
            database.execute(Files.readString(EXAMPLE.resolve("enqueue.sql")));
            assertThat(posted.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("{\"order\": 17}");
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() ->
                            database.number("SELECT count(*) FROM penstock.finished WHERE state = 'completed'") >= 2);
            assertThat(database.query("SELECT concat_ws(' ', name, queue, type, payload) FROM penstock.schedule"))
                    .containsExactly("hourly-greeting commands exec/greet {\"name\": \"everybody\"}");
            assertThat(Files.readString(greetings)).contains("attempt 1: {\"name\": \"Ada\"}");
            assertThat(ask(worker, "/health/live").body()).isEqualTo("live\n");
            assertThat(ask(worker, "/health/ready").body()).startsWith("ready: schema");
            assertThat(ask(worker, "/metrics").body())
                    .contains("penstock_attempts_ended_total", "penstock_queue_depth");
            worker.signal("TERM");
            assertThat(worker.exitCode()).isZero();
            assertThat(worker.output()).contains("SIGTERM: drains, 0 attempts run", "0 attempts were interrupted");
        } finally {
            hooks.stop(0);
        }
    }

    @Test
    void toldToEndItWaitsForWhatRunsAndIsNotReadyMeanwhile() throws Exception {
        prepare("60s");
        try (WorkerJvm worker = start()) {
            UUID job = enqueue("slow");
            awaitStarted();
            worker.signal("TERM");
            worker.awaitSaid("SIGTERM: drains, 1 attempts run; they have 60 s");
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(ask(worker, "/health/ready").body()).isEqualTo("not ready: draining\n"));
            assertThat(ask(worker, "/health/live").statusCode()).isEqualTo(200);
            Files.createFile(directory.resolve("release"));
            assertThat(worker.exitCode()).isZero();
            assertThat(state(job)).isEqualTo(JobState.COMPLETED);
        }
    }

    @Test
    void whatIsNotDoneInTimeIsGivenBackUncharged() throws Exception {
        prepare("100ms");
        try (WorkerJvm worker = start()) {
            UUID job = enqueue("slow");
            awaitStarted();
            worker.signal("TERM"); // whoever starts the tests in the background has them ignore SIGINT
            assertThat(worker.exitCode()).isZero();
            assertThat(worker.output()).contains("SIGTERM: drains", "1 attempts were interrupted");
            assertThat(snapshot(job).state()).isEqualTo(JobState.AVAILABLE);
        }
    }

    @Test
    void toldAgainItEndsAtOnce() throws Exception {
        prepare("10m");
        try (WorkerJvm worker = start()) {
            enqueue("slow");
            awaitStarted();
            worker.signal("TERM");
            worker.awaitSaid("SIGTERM: drains");
            worker.signal("TERM");
            assertThat(worker.exitCode()).isEqualTo(143);
            assertThat(worker.output()).contains("SIGTERM again: ends at once");
        }
    }

    @Test
    void outOfMemoryItEndsAtOnceWithItsOwnStatus() throws Exception {
        prepare("10m");
        try (WorkerJvm worker = start()) {
            enqueue("memory");
            assertThat(worker.exitCode()).isEqualTo(4);
            assertThat(worker.output())
                    .contains("ends at once: java.lang.OutOfMemoryError: none left in the handler of job type memory");
        }
    }

    @Test
    void withAllItsThreadsLostItEndsWithItsOwnStatus() throws Exception {
        prepare("1s");
        try (WorkerJvm worker = start()) {
            enqueue("endless");
            assertThat(worker.exitCode()).isEqualTo(5);
            assertThat(worker.output()).contains("ends itself: 1 threads, as many as there are slots, are lost");
        }
    }

    @Test
    void aCheckShowsWhatWouldBeInEffectAndHidesSecrets() throws Exception {
        prepare("1s");
        try (WorkerJvm worker = WorkerJvm.start(
                database,
                directory,
                Map.of("PENSTOCK_DATABASE_PASSWORD", "hidden", "PENSTOCK_QUEUES_WROK", "1"),
                "--check")) {
            assertThat(worker.exitCode()).isZero();
            assertThat(worker.output())
                    .contains(
                            "worker.drain-timeout: 1s  (line 2)",
                            "database.password: ********  (environment PENSTOCK_DATABASE_PASSWORD)",
                            "queues.work.weight: 1  (default)",
                            "job type slow: plug-in \"TroublePlugin.jar\"",
                            "environment PENSTOCK_QUEUES_WROK: means nothing to this worker")
                    .doesNotContain("hidden");
        }
    }

    @Test
    void mistakesOfTheFileAreToldWithTheirLines() throws Exception {
        prepare("soon");
        try (WorkerJvm worker = WorkerJvm.start(database, directory, Map.of())) {
            assertThat(worker.exitCode()).isEqualTo(2);
            assertThat(worker.output())
                    .contains("penstock.yaml line 2: worker.drain-timeout: expected a duration such as")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void withoutTheDatabaseItDoesNotStart() throws Exception {
        prepare("1s");
        Map<String, String> nowhere = Map.of("PENSTOCK_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/none");
        try (WorkerJvm worker = WorkerJvm.start(database, directory, nowhere)) {
            assertThat(worker.exitCode()).isEqualTo(3);
        }
    }

    private void prepare(String drainTimeout) throws Exception {
        Files.writeString(directory.resolve("penstock.yaml"), FILE.formatted(drainTimeout));
        PluginDirectory.add(directory.resolve("plugins"), TroublePlugin.class, "TroublePlugin");
    }

    private WorkerJvm start() throws Exception {
        WorkerJvm worker = WorkerJvm.start(database, directory, Map.of());
        worker.awaitSaid("worker \"it\": runs; queues work;");
        return worker;
    }

    private UUID enqueue(String type) {
        JobType<JsonText> jobs = JobType.of(type, JsonText.class).onQueue("work");
        return JobQueue.on(database.dataSource())
                .enqueue(jobs.with(new JsonText("{}")))
                .id();
    }

    private void awaitStarted() {
        Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(directory.resolve("started")));
    }

    private JobState state(UUID job) {
        return snapshot(job).state();
    }

    private JobSnapshot snapshot(UUID job) {
        return JobQueue.on(database.dataSource()).find(job).orElseThrow();
    }

    private static HttpResponse<String> ask(WorkerJvm worker, String path) throws Exception {
        Matcher uri = Pattern.compile("metrics at (http://\\S+)").matcher(worker.output());
        assertThat(uri.find()).isTrue();
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(uri.group(1) + path)).build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
