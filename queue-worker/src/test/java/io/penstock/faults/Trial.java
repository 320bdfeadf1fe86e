package io.penstock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.penstock.JobQueue;
import io.penstock.chaos.Children;
import io.penstock.chaos.WorkerProcess;
import io.penstock.handler.HandlerOptions;
import io.penstock.handler.JobHandler;
import io.penstock.job.JobState;
import io.penstock.job.NewJob;
import io.penstock.job.QueueDefinition;
import io.penstock.job.RetryPolicy;
import io.penstock.observe.WorkerEvent;
import io.penstock.observe.WorkerListener;
import io.penstock.testkit.History;
import io.penstock.testkit.HistoryChecker;
import io.penstock.testkit.Ledger;
import io.penstock.testkit.Ledger.Entry;
import io.penstock.testkit.Ledger.Kind;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.worker.Worker;
import io.penstock.worker.WorkerBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * One database, the workers on it, and what they and the enqueuers saw. It ends with all jobs ended, and the checker finds no
 * promise broken.
 */
final class Trial implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int QUEUES = 4;

    /** A fence is recorded with its commit: who made it may be killed before it can tell anybody. */
    private static final String FENCES = """
            CREATE TABLE public.fenced (worker_id bigint, name text);
            CREATE FUNCTION public.record_fence() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO public.fenced VALUES (new.worker_id, new.name);
                RETURN NULL;
            END
            $$;
            CREATE TRIGGER record_fence AFTER UPDATE OF state ON penstock.worker
                FOR EACH ROW WHEN (new.state = 'lost') EXECUTE FUNCTION public.record_fence();
            """;

    final DataSource dataSource;
    final JobQueue jobQueue;
    final List<WorkerEvent> events = new CopyOnWriteArrayList<>();
    private final Path directory;
    private final @Nullable PenstockDatabase database;
    private final Ledger ledger;
    private final List<Worker> workers = new ArrayList<>();
    final Children children;

    private Trial(DataSource dataSource, Path directory, @Nullable PenstockDatabase database) throws SQLException {
        this.dataSource = dataSource;
        this.jobQueue = JobQueue.on(dataSource);
        this.directory = directory;
        this.database = database;
        this.children = new Children(directory);
        this.ledger = new Ledger(directory.resolve("test.ledger"));
        execute("SELECT penstock.record_job_events(true)");
        execute(FENCES);
        execute(Work.EFFECTS);
        for (int number = 0; number < QUEUES; number++) {
            jobQueue.declare(queue("work-" + number));
        }
    }

    /** On a database of its own. */
    static Trial begin(Path directory) throws SQLException {
        PenstockDatabase database = PenstockDatabase.create("fault", true);
        return new Trial(database.dataSource(), directory, database);
    }

    /** On a migrated database that the caller has. */
    static Trial begin(DataSource dataSource, Path directory) throws SQLException {
        return new Trial(dataSource, directory, null);
    }

    static QueueDefinition queue(String name) {
        return QueueDefinition.of(name, 0, 16, 1);
    }

    UUID enqueue(Work.Act act, int queue) {
        return enqueue(Work.TYPE.with(Work.of(act)).queue("work-" + queue));
    }

    UUID enqueue(NewJob<Work> job) {
        enqueue(List.of(job));
        return job.id();
    }

    /** Enqueues, with what is known of it in the ledger. */
    void enqueue(List<NewJob<Work>> jobs) {
        List<UUID> ids = jobs.stream().map(NewJob::id).toList();
        ledger.enqueue(Kind.INVOKE, ids.get(0).toString(), ids);
        jobQueue.enqueue(jobs);
        ledger.enqueue(Kind.OK, ids.get(0).toString(), ids);
    }

    void record(Kind kind, UUID jobId) {
        ledger.enqueue(kind, jobId.toString(), List.of(jobId));
    }

    /** A worker in this JVM for all queues, which does at once what jobs ask for. */
    WorkerBuilder worker(String name, DataSource over) {
        return worker(name, over, context -> Work.runElsewhere(context, dataSource));
    }

    WorkerBuilder worker(String name, DataSource over, JobHandler<Work> handler) {
        WorkerBuilder builder = Worker.on(JobQueue.on(over))
                .name(name)
                .capacity(16)
                .listener(events::add)
                .listener(recorder())
                .handle(
                        Work.TYPE,
                        handler,
                        HandlerOptions.DEFAULT.retryPolicy(
                                RetryPolicy.exponential(Duration.ofMillis(20), Duration.ofMillis(20))));
        for (int number = 0; number < QUEUES; number++) {
            builder.queue(queue("work-" + number));
        }
        return builder;
    }

    WorkerListener recorder() {
        return WorkerProcess.record(ledger);
    }

    /** Starts a worker that is closed with the trial, if not before. */
    Worker start(WorkerBuilder builder) {
        Worker worker = builder.start();
        workers.add(worker);
        return worker;
    }

    /** Starts a worker for one queue in a JVM of its own. */
    Process process(String name, DataSource over, int queue, int capacity, Duration drain) throws Exception {
        return process(name, over, queue, capacity, drain, Map.of());
    }

    Process process(
            String name, DataSource over, int queue, int capacity, Duration drain, Map<String, String> environment)
            throws Exception {
        List<String> arguments = List.of(
                directory.resolve(name + ".ledger").toString(),
                "work-" + queue,
                String.valueOf(capacity),
                drain.toString());
        return children.start(FaultProcess.class, name, over, arguments, environment);
    }

    void awaitState(UUID jobId, JobState state) {
        await(
                "job " + jobId + " " + state,
                () -> jobQueue.find(jobId).orElseThrow().state() == state);
    }

    void awaitAllEnded() {
        await(
                "all jobs have ended",
                () -> number("SELECT (SELECT count(*) FROM penstock.live) + (SELECT count(*) FROM penstock.waiting)")
                        == 0);
    }

    /** So many heart-beats of a worker from now on; its maintenance looks at least as often. */
    void awaitBeats(String worker, int beats) throws SQLException {
        String sql = "SELECT coalesce(max(heartbeats), 0) FROM penstock.worker WHERE name = '" + worker + "'";
        long before = number(sql);
        await("heart-beats of " + worker, () -> number(sql) >= before + beats);
    }

    void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(10, TimeUnit.MILLISECONDS)
                .until(condition);
    }

    long count(Class<? extends WorkerEvent> kind) {
        return events.stream().filter(kind::isInstance).count();
    }

    /** How long a job waited at most from when it was due until it was claimed. */
    Duration longestWait() throws SQLException {
        return Duration.ofMillis(
                number("SELECT (extract(epoch FROM max(first_claimed_at - eligible_at)) * 1000)::bigint"
                        + " FROM penstock.finished"));
    }

    /** A pool that opens connections with their first use, and has callers wait for one second. */
    HikariDataSource pool(int connections) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(dataSource);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(1_000);
        return new HikariDataSource(config);
    }

    List<String> fenced() throws SQLException {
        return query("SELECT name FROM public.fenced ORDER BY name");
    }

    int attempts(UUID jobId) {
        return jobQueue.find(jobId).orElseThrow().attempts();
    }

    String leaf(int queue) throws SQLException {
        return "penstock.live_q" + number("SELECT queue_id FROM penstock.queue WHERE name = 'work-" + queue + "'")
                + "_s0";
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    long number(String sql) throws SQLException {
        return Long.parseLong(query(sql).get(0));
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

    List<Entry> ledgers() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".ledger")).toList()) {
                entries.addAll(Ledger.read(file));
            }
        }
        return entries;
    }

    /** Ends the workers, and holds what has happened against the promises. */
    void verify() throws Exception {
        endWorkers();
        for (String lost : query("SELECT worker_id FROM public.fenced")) {
            ledger.lostWorker(Long.parseLong(lost));
        }
        try (Connection connection = dataSource.getConnection()) {
            assertThat(HistoryChecker.violations(History.read(connection, ledgers())))
                    .isEmpty();
        }
    }

    private void endWorkers() throws InterruptedException {
        workers.forEach(Worker::close);
        workers.clear();
        children.end();
    }

    @Override
    public void close() throws Exception {
        endWorkers();
        ledger.close();
        if (database != null) {
            database.close();
        }
    }
}
