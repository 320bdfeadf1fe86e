package io.penstock.enqueue;

import io.micrometer.observation.ObservationRegistry;
import io.penstock.database.CommitUnknownException;
import io.penstock.database.OpenTransactions;
import io.penstock.database.Pipeline;
import io.penstock.database.PipelinedWork;
import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.error.DatabaseUnavailableException;
import io.penstock.error.IndeterminateException;
import io.penstock.error.IndeterminateException.Resolution;
import io.penstock.error.TransactionUnusableException;
import io.penstock.job.Checks;
import io.penstock.job.Enqueued;
import io.penstock.job.JobBatch;
import io.penstock.job.Limits;
import io.penstock.job.NewJob;
import io.penstock.job.PayloadSerializer;
import io.penstock.job.Uniqueness;
import io.penstock.job.Uniqueness.OnConflict;
import io.penstock.store.BatchStore;
import io.penstock.store.EnqueueStore;
import io.penstock.store.EnqueueStore.Batch;
import io.penstock.store.EnqueueStore.TransactionStatus;
import io.penstock.transaction.TransactionLimits;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Enqueues. In the caller's transaction it runs one statement per queue and touches nothing else. In one of its own, a
 * lost answer to COMMIT is settled by asking the server what became of that transaction: committed means done, aborted
 * means once more with the same ids. Safe for use by many threads.
 */
public final class Enqueuer {

    private static final Logger log = LoggerFactory.getLogger(Enqueuer.class);
    private static final int TRIES = 3;
    private static final Duration RESOLVE_WITHIN = Duration.ofSeconds(10);
    /** What has lost its client ends at once, unless its commit waits for a standby: for as long as that is away. */
    private static final Duration IN_PROGRESS_AT_MOST = Duration.ofSeconds(1);

    private static final Duration RESOLVE_PAUSE = Duration.ofMillis(50);

    /** A job to ask for after a commit that was not answered. */
    private record Sought(String queue, UUID jobId) {}

    private final DataSource dataSource;
    private final BatchWriter writer;
    private final ObservedEnqueue observed;

    public Enqueuer(DataSource dataSource, PayloadSerializer serializer, ObservationRegistry observations) {
        this.dataSource = dataSource;
        this.observed = new ObservedEnqueue(observations);
        this.writer = new BatchWriter(serializer);
    }

    /** Enqueues in the caller's transaction. */
    public List<Enqueued> enqueue(Connection connection, List<? extends NewJob<?>> jobs) {
        return observed.around(Checks.present("jobs", jobs), traced -> insert(connection, traced, prepared(traced)));
    }

    /** Enqueues a batch in the caller's transaction. */
    public List<Enqueued> enqueue(Connection connection, JobBatch batch) {
        return observed.around(batch.jobs(), traced -> insert(connection, traced, prepared(batch, traced)));
    }

    private static List<Enqueued> insert(
            Connection connection, List<? extends NewJob<?>> jobs, PipelinedWork<Batch> insert) {
        try {
            if (connection.isClosed()) {
                throw new TransactionUnusableException(
                        "enqueue: expected an open connection, was a closed one; pass the"
                                + " connection of a transaction under way");
            }
            return inOrder(jobs, insert.apply(connection, new Pipeline()).jobs());
        } catch (SQLException failure) {
            throw SqlFailure.translate(subject(jobs), failure);
        }
    }

    /** Enqueues in a transaction of its own. */
    public List<Enqueued> enqueue(List<? extends NewJob<?>> jobs) {
        return observed.around(Checks.present("jobs", jobs), traced -> commit(traced, prepared(traced), false));
    }

    /** Enqueues a batch in a transaction of its own. */
    public List<Enqueued> enqueue(JobBatch batch) {
        return observed.around(batch.jobs(), traced -> commit(traced, prepared(batch, traced), true));
    }

    private List<Enqueued> commit(List<? extends NewJob<?>> jobs, PipelinedWork<Batch> insert, boolean batch) {
        for (int attempt = 1; ; attempt++) {
            Batch[] inserted = {Batch.NONE};
            try (Session session = Session.open(dataSource, TransactionLimits.DEFAULT)) {
                session.inTransaction((connection, pipeline) -> {
                    inserted[0] = insert.apply(connection, pipeline);
                    return inserted[0];
                });
                return inOrder(jobs, inserted[0].jobs());
            } catch (CommitUnknownException unknown) {
                if (committed(inserted[0], sought(jobs, inserted[0], batch), unknown, jobs)) {
                    log.info("{}: the answer to the commit was lost; it took place", subject(jobs));
                    return inOrder(jobs, inserted[0].jobs());
                }
                if (attempt == TRIES) {
                    throw new DatabaseUnavailableException(
                            subject(jobs) + ": the connection was lost at commit " + TRIES + " times, each time without"
                                    + " effect; nothing was committed, try again when the server is back",
                            unknown);
                }
                log.info(
                        "{}: the connection was lost at commit, without effect; trying again with the same ids",
                        subject(jobs));
            } catch (SQLException failure) {
                throw SqlFailure.translate(subject(jobs), failure);
            }
        }
    }

    /** Asks the server what became of a transaction, until it is settled. */
    private boolean committed(
            Batch inserted, @Nullable Sought sought, CommitUnknownException unknown, List<? extends NewJob<?>> jobs) {
        if (sought == null) {
            return true; // all were known by their keys already, and none of those was changed
        }
        Resolution resolution = resolve(inserted, sought, unknown);
        OpenTransactions.resolved(resolution);
        if (resolution != Resolution.UNKNOWN) {
            return resolution == Resolution.COMMITTED;
        }
        List<UUID> ids = new ArrayList<>();
        jobs.forEach(job -> ids.add(job.id()));
        throw new IndeterminateException(
                subject(jobs) + ": the answer to the commit was lost and the server could not be asked within "
                        + RESOLVE_WITHIN.toSeconds()
                        + " s; the jobs exist all or none, look for their ids before enqueueing anew",
                ids,
                () -> resolve(inserted, sought, unknown),
                unknown);
    }

    private Resolution resolve(Batch inserted, Sought sought, CommitUnknownException unknown) {
        long deadline = System.nanoTime() + RESOLVE_WITHIN.toNanos();
        long inProgressSince = Long.MAX_VALUE;
        while (System.nanoTime() < deadline) {
            try (Session session = Session.open(dataSource, TransactionLimits.DEFAULT)) {
                TransactionStatus status = session.inTransaction(connection ->
                        EnqueueStore.status(connection, inserted.transactionId(), sought.queue(), sought.jobId()));
                if (status == TransactionStatus.COMMITTED) {
                    return Resolution.COMMITTED;
                }
                if (status == TransactionStatus.ABORTED) {
                    return Resolution.ROLLED_BACK;
                }
                inProgressSince = Math.min(inProgressSince, System.nanoTime());
                if (System.nanoTime() - inProgressSince > IN_PROGRESS_AT_MOST.toNanos()) {
                    return Resolution.UNKNOWN;
                }
            } catch (SQLException failure) {
                unknown.addSuppressed(failure);
            }
            LockSupport.parkNanos(RESOLVE_PAUSE.toNanos());
        }
        return Resolution.UNKNOWN;
    }

    /**
     * A job that exists if and only if the transaction committed, or else one that it changed; null if it did nothing.
     *
     * @param batch whether it did something in any case
     */
    private static @Nullable Sought sought(List<? extends NewJob<?>> jobs, Batch inserted, boolean batch) {
        List<Enqueued> enqueued = inOrder(jobs, inserted.jobs());
        Sought changed = null;
        for (int index = 0; index < jobs.size(); index++) {
            NewJob<?> job = jobs.get(index);
            Sought outcome = new Sought(job.queue(), enqueued.get(index).id());
            if (enqueued.get(index).created()) {
                return outcome;
            }
            Uniqueness uniqueness = job.uniqueness();
            if (batch || (uniqueness != null && uniqueness.onConflict() != OnConflict.KEEP)) {
                changed = outcome;
            }
        }
        return changed;
    }

    /** One statement per queue, in order of name, in one round trip. Queues take no lock, so the order is for the log only. */
    private static Batch insert(Connection connection, Pipeline pipeline, Map<String, String> batches)
            throws SQLException {
        List<Batch> inserted = new ArrayList<>();
        batches.forEach((queue, jobs) -> EnqueueStore.enqueue(pipeline, queue, jobs, inserted::add));
        pipeline.run(connection);
        List<Enqueued> enqueued = new ArrayList<>();
        inserted.forEach(batch -> enqueued.addAll(batch.jobs()));
        return new Batch(enqueued, inserted.get(0).transactionId());
    }

    /** Everything that can be refused without the server is refused here. */
    private PipelinedWork<Batch> prepared(List<? extends NewJob<?>> jobs) {
        Checks.within("jobs of one call", Checks.present("jobs", jobs).size(), 1, Limits.ENQUEUE_BATCH);
        NewJob<?> first = Checks.present("job", jobs.get(0));
        if (jobs.size() == 1 && first.idempotencyKey() == null && first.uniqueness() == null && first.runIn() == null) {
            String payload = writer.payload(first);
            String metadata = BatchWriter.metadata(first);
            return (connection, pipeline) -> {
                List<Batch> inserted = new ArrayList<>();
                EnqueueStore.enqueueOne(pipeline, first, payload, metadata, inserted::add);
                pipeline.run(connection);
                return inserted.get(0);
            };
        }
        Map<String, String> batches = new TreeMap<>();
        byQueue(jobs).forEach((queue, ofQueue) -> batches.put(queue, writer.write(ofQueue)));
        return (connection, pipeline) -> insert(connection, pipeline, batches);
    }

    private PipelinedWork<Batch> prepared(JobBatch batch, List<? extends NewJob<?>> jobs) {
        String groups = writer.groups(byQueue(jobs));
        String steps = writer.steps(batch.steps());
        return (connection, pipeline) -> {
            List<Batch> inserted = new ArrayList<>();
            BatchStore.open(pipeline, batch.id(), groups, steps, inserted::add);
            pipeline.run(connection);
            return inserted.get(0);
        };
    }

    private static Map<String, List<NewJob<?>>> byQueue(List<? extends NewJob<?>> jobs) {
        Map<String, List<NewJob<?>>> byQueue = new TreeMap<>();
        for (NewJob<?> job : jobs) {
            byQueue.computeIfAbsent(Checks.present("job", job).queue(), queue -> new ArrayList<>())
                    .add(job);
        }
        return byQueue;
    }

    /** From the order of the statements, by queue, to the order of the caller. */
    private static List<Enqueued> inOrder(List<? extends NewJob<?>> jobs, List<Enqueued> byQueue) {
        if (jobs.size() == 1) {
            return List.copyOf(byQueue);
        }
        Map<String, Integer> next = new TreeMap<>();
        int start = 0;
        for (Map.Entry<String, List<NewJob<?>>> queue : byQueue(jobs).entrySet()) {
            next.put(queue.getKey(), start);
            start += queue.getValue().size();
        }
        List<Enqueued> ordered = new ArrayList<>(jobs.size());
        for (NewJob<?> job : jobs) {
            ordered.add(byQueue.get(next.merge(job.queue(), 1, Integer::sum) - 1));
        }
        return Collections.unmodifiableList(ordered);
    }

    private static String subject(List<? extends NewJob<?>> jobs) {
        NewJob<?> first = jobs.get(0);
        return jobs.size() == 1 ? "enqueue of job " + first : "enqueue of " + jobs.size() + " jobs, first " + first;
    }
}
