package io.penstock;

import io.micrometer.observation.ObservationRegistry;
import io.penstock.database.BoundedTransactions;
import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.database.Work;
import io.penstock.enqueue.BackPressure;
import io.penstock.enqueue.Enqueuer;
import io.penstock.enqueue.Pressure;
import io.penstock.job.BatchSnapshot;
import io.penstock.job.Checks;
import io.penstock.job.Enqueued;
import io.penstock.job.JobBatch;
import io.penstock.job.JobSnapshot;
import io.penstock.job.Limits;
import io.penstock.job.NewJob;
import io.penstock.job.PayloadSerializer;
import io.penstock.job.QueueDefinition;
import io.penstock.migrate.SchemaVersion;
import io.penstock.objective.AlertRoute;
import io.penstock.objective.Objective;
import io.penstock.operate.AlertOperations;
import io.penstock.operate.JobOperations;
import io.penstock.operate.ObjectiveOperations;
import io.penstock.operate.QueueOperations;
import io.penstock.payload.JacksonPayloadSerializer;
import io.penstock.transaction.TransactionLimits;
import io.penstock.transaction.TransactionWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * What a service enqueues with. Safe for use by many threads; holds no connection of its own.
 *
 * <p>A job enqueued through a caller's {@link Connection} or jOOQ {@link Configuration} belongs to the caller's
 * transaction: it exists if and only if that commits. Penstock never commits, rolls back or closes there, and sets
 * nothing. Without one, Penstock opens a bounded transaction, and settles a lost answer to its commit by itself.
 *
 * <p>All methods throw the types of {@link io.penstock.error}: refused input, contention, an unavailable server.
 */
public final class JobQueue {

    private final DataSource dataSource;
    private final PayloadSerializer serializer;
    private final ObservationRegistry observations;
    private final Enqueuer enqueuer;
    private final JobOperations jobs;
    private final QueueOperations queues;
    private final ObjectiveOperations objectives;
    private final AlertOperations alerts;
    private final Pressure pressure;
    private final List<Consumer<Set<String>>> commitListeners;

    private JobQueue(
            DataSource dataSource,
            PayloadSerializer serializer,
            ObservationRegistry observations,
            Pressure pressure,
            List<Consumer<Set<String>>> commitListeners) {
        this.pressure = pressure;
        this.commitListeners = commitListeners;

        this.dataSource = Checks.present("data source", dataSource);
        this.serializer = Checks.present("payload serializer", serializer);
        this.observations = Checks.present("observation registry", observations);
        this.enqueuer = new Enqueuer(dataSource, serializer, observations);
        this.jobs = JobOperations.unaudited(dataSource);
        this.queues = QueueOperations.unaudited(dataSource);
        this.objectives = ObjectiveOperations.unaudited(dataSource);
        this.alerts = AlertOperations.unaudited(dataSource);
    }

    /**
     * A queue on a database that has been migrated.
     *
     * @throws io.penstock.error.SchemaException if the schema is missing, older or newer, or the server too old
     * @throws io.penstock.error.DatabaseUnavailableException if the server cannot be reached or refuses the login
     */
    public static JobQueue on(DataSource dataSource) {
        return on(dataSource, new JacksonPayloadSerializer());
    }

    public static JobQueue on(DataSource dataSource, PayloadSerializer serializer) {
        return on(dataSource, serializer, ObservationRegistry.NOOP);
    }

    /**
     * A queue whose enqueues are observed as {@code penstock.enqueue}. What a tracer adds to an observation, such as the W3C trace
     * context, is stored with the job's metadata, and its attempts continue the trace.
     */
    public static JobQueue on(DataSource dataSource, PayloadSerializer serializer, ObservationRegistry observations) {
        JobQueue queue =
                new JobQueue(dataSource, serializer, observations, Pressure.NONE, new CopyOnWriteArrayList<>());
        queue.transact("connecting", SchemaVersion::check);
        return queue;
    }

    /**
     * The same queue, whose enqueues are held back where a queue is behind: each rule is of a queue of its own. Enqueues through a caller's connection and
     * single jobs count, the jobs of a {@link JobBatch} do not.
     */
    public JobQueue backPressure(BackPressure... rules) {
        Checks.present("back-pressure", rules);
        return new JobQueue(
                dataSource,
                serializer,
                observations,
                Pressure.of(List.of(rules), dataSource, ForkJoinPool.commonPool(), System::nanoTime),
                commitListeners);
    }

    /** Makes each queue if it is new, and sets its concurrency budget; each in a transaction of its own. */
    public void declare(QueueDefinition... definitions) {
        queues.declare(definitions);
    }

    /**
     * Makes each objective if it is new, or sets it anew if it is not what a service declared before: an operator's change outlives a restart.
     *
     * @throws io.penstock.error.RefusedException if a queue is not there
     */
    public void declareObjectives(Objective... promised) {
        objectives.declare(promised);
    }

    /**
     * Makes each alert route, or changes the one of its name.
     *
     * @throws io.penstock.error.RefusedException if a queue is not there
     */
    public void declareAlertRoutes(AlertRoute... routes) {
        for (AlertRoute route : Checks.present("alert routes", routes)) {
            alerts.route(route);
        }
    }

    /**
     * Renames a queue. Its jobs stay; enqueuers and workers that start from now on have to use the new name, and workers that
     * run go on.
     *
     * @throws io.penstock.error.RefusedException if there is no such queue, or one of the new name
     */
    public void rename(String queue, String newName) {
        queues.rename(queue, newName);
    }

    /**
     * Removes a queue that has no jobs but ended ones, with its tables; those ended stay for as long as they are kept. Nobody
     * else is held up. Needs a login that is a member of the schema's owner. A removal that was broken off goes on when it is
     * called again; until then the queue takes no jobs.
     *
     * @throws io.penstock.error.RefusedException if there is no such queue, or it has jobs
     * @throws io.penstock.error.ContentionException if older transactions do not end in time
     */
    public void remove(String queue) {
        queues.remove(queue);
    }

    /**
     * Erases what jobs with a tag carry: payload, metadata and failures. Jobs that have not started are cancelled; one that
     * runs goes on with what its worker has read, and its row is erased.
     *
     * @return how many jobs were changed
     * @see JobOperations#erase
     */
    public long erase(String tag) {
        return jobs.erase(tag);
    }

    /** Enqueues one job in a transaction of its own. */
    public Enqueued enqueue(NewJob<?> job) {
        return enqueue(List.of(Checks.present("job", job))).get(0);
    }

    /** Enqueues up to {@link Limits#ENQUEUE_BATCH} jobs in one transaction of its own, all or none. */
    public List<Enqueued> enqueue(List<? extends NewJob<?>> jobs) {
        List<? extends NewJob<?>> admitted = pressure.admit(jobs);
        List<Enqueued> enqueued = enqueuer.enqueue(admitted);
        tellCommitted(admitted);
        return pressure.told(admitted, enqueued);
    }

    private void tellCommitted(List<? extends NewJob<?>> jobs) {
        Set<String> queues = jobs.stream().map(NewJob::queue).collect(Collectors.toSet());
        commitListeners.forEach(listener -> listener.accept(queues));
    }

    /** Enqueues one job in the transaction under way on the connection. */
    public Enqueued enqueue(Connection connection, NewJob<?> job) {
        return enqueue(connection, List.of(Checks.present("job", job))).get(0);
    }

    /** Enqueues up to {@link Limits#ENQUEUE_BATCH} jobs in the transaction under way on the connection. */
    public List<Enqueued> enqueue(Connection connection, List<? extends NewJob<?>> jobs) {
        List<? extends NewJob<?>> admitted = pressure.admit(jobs);
        return pressure.told(admitted, enqueuer.enqueue(Checks.present("connection", connection), admitted));
    }

    /** Enqueues one job in the transaction of a jOOQ configuration. */
    public Enqueued enqueue(Configuration configuration, NewJob<?> job) {
        return enqueue(configuration, List.of(Checks.present("job", job))).get(0);
    }

    /** Enqueues up to {@link Limits#ENQUEUE_BATCH} jobs in the transaction of a jOOQ configuration. */
    public List<Enqueued> enqueue(Configuration configuration, List<? extends NewJob<?>> jobs) {
        return DSL.using(Checks.present("configuration", configuration))
                .connectionResult(connection -> enqueue(connection, jobs));
    }

    /**
     * Enqueues the jobs of a batch in one transaction of its own, and what comes after them.
     *
     * @throws io.penstock.error.RefusedException if the batch has no step, or names a queue that does not exist
     */
    public List<Enqueued> enqueue(JobBatch batch) {
        List<Enqueued> enqueued = enqueuer.enqueue(checked(batch));
        tellCommitted(batch.jobs());
        return enqueued;
    }

    /** Enqueues the jobs of a batch in the transaction under way on the connection, and what comes after them. */
    public List<Enqueued> enqueue(Connection connection, JobBatch batch) {
        return enqueuer.enqueue(Checks.present("connection", connection), checked(batch));
    }

    /** Enqueues the jobs of a batch in the transaction of a jOOQ configuration, and what comes after them. */
    public List<Enqueued> enqueue(Configuration configuration, JobBatch batch) {
        return DSL.using(Checks.present("configuration", configuration))
                .connectionResult(connection -> enqueuer.enqueue(connection, checked(batch)));
    }

    private static JobBatch checked(JobBatch batch) {
        Checks.within("steps of a batch", Checks.present("batch", batch).steps().size(), 1, Limits.BATCH_STEPS);
        return batch;
    }

    /**
     * Runs a block in a transaction of its own under limits, and commits. Whatever the block, the network or the peer does, its locks are
     * free when its time is over: the server ends a statement that is too long and a client that does nothing, a watchdog in this process the rest.
     *
     * <pre>{@code
     * queue.inTransaction(TransactionLimits.DEFAULT, transaction -> {
     *     orders.insert(transaction.connection(), order);
     *     return queue.enqueue(transaction.connection(), SHIP.with(new Ship(order.id())));
     * });
     * }</pre>
     *
     * @return what the block answers
     * @throws io.penstock.error.LockTimeoutException and the other kinds of {@link io.penstock.error.ContentionException}: nothing was committed
     * @throws io.penstock.error.ReadOnlyServerException if the server takes no writes
     * @throws io.penstock.error.IndeterminateException if the answer to the commit was lost; it can be resolved
     * @throws io.penstock.error.NotReplicatedException if it is committed, and somebody ended its wait for a standby
     */
    public <T extends @Nullable Object> T inTransaction(TransactionLimits limits, TransactionWork<T> work) {
        return inTransaction(limits, 1, work);
    }

    /**
     * The same, with a block that may run again after a deadlock or a conflict of serializable transactions.
     *
     * @param attempts how many times in all, 1 to {@link Limits#TRANSACTION_ATTEMPTS}
     */
    public <T extends @Nullable Object> T inTransaction(
            TransactionLimits limits, int attempts, TransactionWork<T> work) {
        return new BoundedTransactions(dataSource)
                .run(
                        "transaction",
                        Checks.present("transaction limits", limits),
                        Checks.within("attempts of a transaction", attempts, 1, Limits.TRANSACTION_ATTEMPTS),
                        Checks.present("block", work));
    }

    /**
     * Runs a block under limits in the caller's own transaction, for locks, statements and pauses; what they were before holds again after the block, also
     * if that fails. The whole of the transaction has no limit: it is the caller's.
     *
     * @throws io.penstock.error.RefusedException if no transaction is under way
     */
    public <T extends @Nullable Object> T within(
            Connection connection, TransactionLimits limits, TransactionWork<T> work) {
        return BoundedTransactions.within(
                "block of a transaction",
                Checks.present("connection", connection),
                Checks.present("transaction limits", limits),
                Checks.present("block", work));
    }

    /** How far a batch has come; empty if there is none, or it ended more than a week ago. */
    public Optional<BatchSnapshot> findBatch(UUID batchId) {
        return jobs.findBatch(batchId);
    }

    /** The job as it is now, whichever room it is in; empty if there is none, or no longer. */
    public Optional<JobSnapshot> find(UUID jobId) {
        return jobs.find(jobId);
    }

    /**
     * Cancels a job. One that is not running ends at once; one that runs is interrupted by its worker within two
     * seconds, and gets no further attempt; if its handler completes all the same, it is completed.
     *
     * @return whether there was such a job and it had not ended
     */
    public boolean cancel(UUID jobId, String reason) {
        return jobs.cancel(jobId, reason);
    }

    /**
     * Runs a finished job again, as its next generation, with all its attempts. The finished row stays.
     *
     * @return the new generation, or 0 if the job is unknown or has not ended
     */
    public int retry(UUID jobId) {
        return jobs.retry(jobId);
    }

    /** What writes and reads payloads here. */
    public PayloadSerializer serializer() {
        return serializer;
    }

    public DataSource dataSource() {
        return dataSource;
    }

    /**
     * Tells the listener, after each commit of an enqueue of our own, the names of the queues that got jobs.
     *
     * @return what ends it
     */
    public Runnable onCommit(Consumer<Set<String>> listener) {
        commitListeners.add(Checks.present("commit listener", listener));
        return () -> commitListeners.remove(listener);
    }

    private <T> T transact(String subject, Work<T> work) {
        try (Session session = open(subject)) {
            return transact(session, subject, work);
        }
    }

    private static <T> T transact(Session session, String subject, Work<T> work) {
        try {
            return session.inTransaction(work);
        } catch (SQLException failure) {
            throw SqlFailure.translate(subject, failure);
        }
    }

    private Session open(String subject) {
        try {
            return Session.open(dataSource, TransactionLimits.DEFAULT);
        } catch (SQLException failure) {
            throw SqlFailure.translate(subject, failure);
        }
    }
}
