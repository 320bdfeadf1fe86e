package io.penstock.junit;

import io.penstock.JobQueue;
import io.penstock.handler.JobHandler;
import io.penstock.job.Attempt;
import io.penstock.job.Checks;
import io.penstock.job.JobRow;
import io.penstock.job.JobSnapshot;
import io.penstock.job.JobType;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.worker.SteppedWorker;
import io.penstock.worker.Worker;
import io.penstock.worker.WorkerBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives each test of a class a PostgreSQL database of its own, migrated and with the class's queues; shows what was enqueued; runs
 * jobs on the test's own thread, exactly as a worker would; and moves the clock by which jobs become due.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final PenstockExtension penstock = PenstockExtension.create().queues("mail");
 * }</pre>
 *
 * <p>The server is started with the first class and shared by all of the JVM; {@code PENSTOCK_DATABASE_URL}, {@code _USER} and
 * {@code _PASSWORD} name another one, whose login may create databases. Each class has a database that its tests get copies of. A
 * copy is made when it is first asked for, and is dropped at the end of the test, which fails if it left a transaction open.
 *
 * <p>For tests of one class that run one after another.
 */
public final class PenstockExtension implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    /** Attempts after which {@link #runUntilIdle} concludes that there is no end to them. */
    public static final int MOST_ATTEMPTS = 1_000;

    /** What prepares the database that all tests of the class get copies of. */
    @FunctionalInterface
    public interface Preparation {

        /**
         * Makes tables, and rows that every test begins with. Leaves no connection open.
         *
         * @throws Exception as a failure of the test class
         */
        void prepare(DataSource dataSource) throws Exception;
    }

    private final List<QueueDefinition> queues = new ArrayList<>();
    private final List<Preparation> preparations = new ArrayList<>();
    private @Nullable PenstockDatabase template;
    private @Nullable PenstockDatabase database;
    private Duration ahead = Duration.ZERO;
    private int depth;

    private PenstockExtension() {}

    /** An extension for a static field with {@code @RegisterExtension}. */
    public static PenstockExtension create() {
        return new PenstockExtension();
    }

    /** Queues that every test begins with. Their budgets do not matter here; a worker's builder declares its own. */
    public PenstockExtension queues(String... names) {
        for (String name : names) {
            queues.add(QueueDefinition.of(name, 0, 1, 1));
        }
        return this;
    }

    /** What the service's own tables are made by, once for the class: its migrations, for example. */
    public PenstockExtension prepare(Preparation preparation) {
        preparations.add(Checks.present("preparation", preparation));
        return this;
    }

    /** The test's database. Another test has another one, so ask in {@code @BeforeEach} or in the test. */
    public DataSource dataSource() {
        return database().dataSource();
    }

    /** What the test's database is enqueued into, with the default serializer. */
    public JobQueue jobs() {
        return JobQueue.on(dataSource());
    }

    /** Every job that has not ended, in the order in which they were enqueued. At most a thousand. */
    public List<JobRow> enqueued() {
        return new EnqueuedJobs(dataSource()).all();
    }

    /** Those of one queue. */
    public List<JobRow> enqueuedOn(String queue) {
        return enqueued().stream().filter(job -> job.queue().equals(queue)).toList();
    }

    /** The payloads of one type's jobs that have not ended, in the order in which they were enqueued. */
    public <P extends Record> List<P> enqueued(JobType<P> type) {
        return new EnqueuedJobs(dataSource()).payloads(Checks.present("job type", type), jobs().serializer());
    }

    /**
     * The payload of the one job of a type that has not ended.
     *
     * @throws AssertionError if there is none or more than one, with what there is
     */
    public <P extends Record> P assertEnqueued(JobType<P> type) {
        List<P> payloads = enqueued(type);
        if (payloads.size() != 1) {
            throw new AssertionError(
                    "job type " + Checks.quoted(type.name()) + ": expected one job that has not ended, found "
                            + payloads.size() + "; enqueued are " + EnqueuedJobs.describe(enqueued()));
        }
        return payloads.get(0);
    }

    /**
     * Runs the next job that is due, on this thread, as the worker of that builder would: its middleware, handler options, retry
     * policy, upcasts and schedules are in effect. What a handler throws becomes the job's failure, as in production.
     *
     * @param worker that of {@link #jobs()} or of another {@link JobQueue} on {@link #dataSource()}, with the handlers of the service
     * @return the job as it is after the attempt; empty if none is due
     * @throws IllegalStateException if the handler left a transaction open that holds its job
     */
    public Optional<JobSnapshot> runOne(WorkerBuilder worker) {
        try (SteppedWorker stepped = worker.stepped()) {
            return stepped.runOne().map(this::after);
        }
    }

    /** Runs the next job of a type's queue that is due, with one handler and the default options. */
    public <P extends Record> Optional<JobSnapshot> runOne(JobType<P> type, JobHandler<P> handler) {
        return runOne(Worker.on(jobs())
                .queue(QueueDefinition.of(type.queue(), 0, 1, 1))
                .handle(type, handler));
    }

    /**
     * Runs jobs until none is due, those that they enqueue as well. A failed one is due again later: see {@link #advance}.
     *
     * @return each job as it was after its attempt, in order
     * @throws AssertionError after {@link #MOST_ATTEMPTS}
     */
    public List<JobSnapshot> runUntilIdle(WorkerBuilder worker) {
        return runUntilIdle(worker, MOST_ATTEMPTS);
    }

    List<JobSnapshot> runUntilIdle(WorkerBuilder worker, int most) {
        List<JobSnapshot> jobs = new ArrayList<>();
        try (SteppedWorker stepped = worker.stepped()) {
            for (Optional<Attempt> attempt = stepped.runOne(); attempt.isPresent(); attempt = stepped.runOne()) {
                jobs.add(after(attempt.get()));
                if (jobs.size() == most) {
                    throw new AssertionError("expected an end of due jobs within " + most + " attempts, found none; the"
                            + " last was " + jobs.get(jobs.size() - 1) + ". Does a job enqueue itself, or yield?");
                }
            }
        }
        return jobs;
    }

    /**
     * Moves the database's clock forward, for this test: jobs and ticks that are due within that time are due now. It goes on from
     * there. A moment that the service takes from its own clock, as {@link io.penstock.job.NewJob#runIn} does, does not move.
     *
     * @param time from zero to ten years
     */
    public void advance(Duration time) {
        ahead = ahead.plus(Checks.within("advance", time, Duration.ZERO, Duration.ofDays(3_650)));
        DatabaseClock.set(database(), ahead);
    }

    /** The time by the database's clock. */
    public Instant now() {
        return DatabaseClock.now(database());
    }

    private JobSnapshot after(Attempt attempt) {
        return jobs().find(attempt.jobId())
                .orElseThrow(() -> new IllegalStateException(attempt + ": expected its job to be there, was gone"));
    }

    private synchronized PenstockDatabase database() {
        if (template == null) {
            throw new IllegalStateException(
                    "PenstockExtension: expected a static field with @RegisterExtension, in a test of its class; was used outside");
        }
        if (database == null) {
            database = template.copy("test");
        }
        return database;
    }

    @Override
    public synchronized void beforeAll(ExtensionContext context) throws Exception {
        if (depth++ > 0) {
            return; // a nested class
        }
        template = PenstockDatabase.create(context.getRequiredTestClass().getSimpleName(), true);
        template.jobQueue().declare(queues.toArray(QueueDefinition[]::new));
        for (Preparation preparation : preparations) {
            preparation.prepare(template.dataSource());
        }
    }

    @Override
    public synchronized void afterEach(ExtensionContext context) throws Exception {
        drop();
    }

    @Override
    public synchronized void afterAll(ExtensionContext context) throws Exception {
        if (--depth > 0) {
            return;
        }
        try {
            drop(); // that of an @AfterAll
        } finally {
            PenstockDatabase over = template;
            template = null;
            if (over != null) {
                over.close();
            }
        }
    }

    private void drop() throws Exception {
        PenstockDatabase over = database;
        database = null;
        ahead = Duration.ZERO;
        if (over != null) {
            over.close();
        }
    }
}
