package io.penstock.chaos;

import io.penstock.JobQueue;
import io.penstock.chaos.Delays.Window;
import io.penstock.job.Limits;
import io.penstock.migrate.Migrator;
import io.penstock.testkit.RestartableServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A server, two workers in processes of their own, and what befalls them. The first worker lives through everything; the
 * second is killed now and then.
 */
final class StressRun implements AutoCloseable {

    /** What is not counted after the start and after a disturbance: connections are opened again, a JVM starts, caches are cold. */
    private static final Duration SETTLING = Duration.ofSeconds(3);

    /** A worker killed before is missed, and its jobs are rescued, in less. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final int LOG_CHARACTERS = 4_000;
    private static final String CLAIMABLE =
            "SELECT 'job ' || id || ' at ' || position FROM penstock.live WHERE state = 'available'";

    private final Path directory;
    private final Fates fates = new Fates();
    private final List<Window> windows = new ArrayList<>();
    private final List<Window> crashes = new ArrayList<>();
    private final Process[] workers = new Process[2];
    private final RestartableServer server;
    private final String database;
    private final DataSource dataSource;
    private @Nullable Path copy;
    private int starts;

    StressRun(Path directory) throws SQLException, IOException {
        this.directory = directory;
        this.server =
                RestartableServer.start(Map.of("max_prepared_transactions", "100", "track_commit_timestamp", "on"));
        this.database = server.createDatabase("stress");
        this.dataSource = server.dataSource(database);
        new Migrator(dataSource).migrate();
        execute("SELECT penstock.record_job_events(true)");
        execute(StressJob.TABLES);
        StressJob.QUEUES.forEach(jobQueue()::declare);
        startWorker(0);
        startWorker(1);
        Awaitility.await("both workers run")
                .atMost(1, TimeUnit.MINUTES)
                .until(() -> query("SELECT name FROM penstock.worker" + " WHERE session_lock")
                                .size()
                        == workers.length);
        windows.add(new Window(Instant.EPOCH, Instant.now().plus(SETTLING)));
    }

    JobQueue jobQueue() {
        return JobQueue.on(dataSource);
    }

    DataSource dataSource() {
        return dataSource;
    }

    Fates fates() {
        return fates;
    }

    List<Window> windows() {
        return List.copyOf(windows);
    }

    /** From a kill to the end of the recovery. */
    List<Window> crashes() {
        return List.copyOf(crashes);
    }

    /** Waits, unless the worker that nobody kills ends first. */
    void waitFor(long nanos) throws InterruptedException {
        if (workers[0].waitFor(nanos, TimeUnit.NANOSECONDS)) {
            throw new AssertionError("a worker ended by itself, status " + workers[0].exitValue());
        }
    }

    /**
     * The jobs that can be claimed now and are not within a long time. To be asked for before anything is disturbed: a
     * disturbance makes a worker forget its floors, and whoever has none finds everything.
     */
    List<String> stranded() throws SQLException, InterruptedException {
        Set<String> waiting = Set.copyOf(query(CLAIMABLE));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!waiting.isEmpty() && System.nanoTime() < deadline) {
            waitFor(TimeUnit.MILLISECONDS.toNanos(20));
            Set<String> still = Set.copyOf(query(CLAIMABLE));
            waiting = waiting.stream().filter(still::contains).collect(Collectors.toSet());
        }
        return waiting.stream()
                .map(job -> "stranded for " + PATIENCE + ": " + job)
                .toList();
    }

    void disturb(Disturbance.Act act) throws IOException, SQLException, InterruptedException {
        Instant from = Instant.now();
        switch (act) {
            case KILL_WORKER -> {
                workers[1].destroyForcibly().waitFor();
                startWorker(1);
            }
            case RESTART_SERVER -> {
                server.stop();
                server.startAgain();
            }
            case CRASH_SERVER -> server.crash();
            case COPY_SERVER -> {
                server.stop();
                copy = server.copy();
                fates.serverCopied();
                server.startAgain();
            }
            case SWAP_SERVER -> {
                Path older = copy;
                if (older == null) {
                    throw new IllegalStateException("no copy was made");
                }
                server.stop();
                server.replaceBy(older);
                fates.serverSwapped();
                server.startAgain();
            }
        }
        Window window = new Window(from, Instant.now());
        if (act == Disturbance.Act.CRASH_SERVER) {
            crashes.add(window);
        }
        windows.add(new Window(from, window.to().plus(SETTLING)));
        StressVerdict.say(act + " from " + window.from() + " to " + window.to());
    }

    /** As if so many jobs had been enqueued that every queue is to be moved on to another segment. */
    void moveOn() throws SQLException {
        query("SELECT setval(format('penstock.position_q%s', queue_id), " + Limits.SEGMENT_POSITIONS
                + " + pg_sequence_last_value(format('penstock.position_q%s', queue_id)::regclass))"
                + " FROM penstock.queue");
    }

    /** How many positions ago the queues were last moved on, and to which segment. */
    List<String> segments() throws SQLException {
        return query("SELECT name || ' writes to segment ' || write_segment || ' since position ' || segment_since"
                + " FROM penstock.queue ORDER BY name");
    }

    /** The copy that the server was swapped for may hold prepared transactions whose enqueuers know them to be ended. */
    void endPrepared() throws SQLException {
        try (StressSessions sessions = new StressSessions(dataSource)) {
            for (String name : query("SELECT gid FROM pg_prepared_xacts")) {
                sessions.endPrepared(name);
            }
        }
    }

    long unfinished() throws SQLException {
        return Long.parseLong(query("SELECT (SELECT count(*) FROM (SELECT FROM penstock.live LIMIT 1) AS l)"
                        + " + (SELECT count(*) FROM (SELECT FROM penstock.waiting LIMIT 1) AS w)")
                .get(0));
    }

    /** Every job that a handler was started for. */
    List<UUID> started() throws IOException {
        List<UUID> ids = new ArrayList<>();
        for (int number = 0; number < starts; number++) {
            Path file = startedBy(number);
            if (Files.exists(file)) {
                String text = Files.readString(file); // the last line may have been cut short by a kill
                text.substring(0, text.lastIndexOf('\n') + 1)
                        .lines()
                        .map(UUID::fromString)
                        .forEach(ids::add);
            }
        }
        return ids;
    }

    List<String> query(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void startWorker(int slot) throws IOException {
        int number = starts++;
        workers[slot] = WorkerProcess.start(
                StressWorker.class,
                List.of(),
                List.of(
                        server.url(database),
                        server.user(),
                        String.valueOf(server.password()),
                        "stress-" + number,
                        startedBy(number).toString()),
                directory.resolve("worker-" + slot + ".log").toFile());
    }

    private Path startedBy(int number) {
        return directory.resolve("started-" + number);
    }

    /** The end of what the worker says that lives through everything. */
    String workerLog() {
        try {
            String log = Files.readString(directory.resolve("worker-0.log"));
            return log.substring(Math.max(0, log.length() - LOG_CHARACTERS));
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    /** Lets the workers end what they run. */
    void stopWorkers() throws InterruptedException {
        for (Process worker : workers) {
            worker.destroy();
        }
        for (Process worker : workers) {
            worker.waitFor(40, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() {
        for (Process worker : workers) {
            worker.destroyForcibly();
        }
        server.close();
    }
}
