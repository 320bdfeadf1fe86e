package io.penstock.operate;

import io.penstock.database.Session;
import io.penstock.job.BatchSnapshot;
import io.penstock.job.Checks;
import io.penstock.job.Enqueued;
import io.penstock.job.JobDetail;
import io.penstock.job.JobEdit;
import io.penstock.job.JobFilter;
import io.penstock.job.JobSnapshot;
import io.penstock.job.Limits;
import io.penstock.job.Progress;
import io.penstock.store.BatchStore;
import io.penstock.store.JobStore;
import io.penstock.store.JobStore.FoundJob;
import io.penstock.store.JobStore.JobTable;
import io.penstock.store.ProgressStore;
import io.penstock.store.SearchStore;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What an operator does with jobs. Safe for use by many threads; holds no connection between calls. Every change is one bounded
 * transaction, guarded by the state that it expects, with its row in {@code penstock.audit}. Reading needs the rights of
 * {@code penstock_reader}, changing those of {@code penstock_worker}.
 *
 * <p>All methods throw the types of {@link io.penstock.error}: refused input, contention, an unavailable server.
 */
public final class JobOperations {

    private final Transactions transactions;
    private final JobLookup lookup;
    private final JobChanges changes;
    private final JobSearch search;

    private JobOperations(DataSource dataSource, Audit audit) {
        this.transactions = new Transactions(Checks.present("data source", dataSource));
        this.lookup = new JobLookup(transactions);
        this.changes = new JobChanges(transactions, audit);
        this.search = new JobSearch(transactions);
    }

    /**
     * For an operator.
     *
     * @param actor who that is, or null if the login says it
     */
    public static JobOperations on(DataSource dataSource, @Nullable String actor) {
        if (actor != null) {
            Checks.ofLength("actor", actor, 1, Limits.KEY_CHARACTERS);
        }
        return new JobOperations(dataSource, new Audit(true, actor));
    }

    /** For a service, which does with its own jobs what it likes: nothing is written to {@code penstock.audit}. */
    public static JobOperations unaudited(DataSource dataSource) {
        return new JobOperations(dataSource, Audit.NONE);
    }

    /** The job as it is now, whichever room it is in; empty if there is none, or no longer. */
    public Optional<JobSnapshot> find(UUID jobId) {
        return lookup.find(Checks.present("job id", jobId)).map(FoundJob::job);
    }

    /** Every generation of a job that is still there, in order; the last is the job as it is now. */
    public List<JobDetail> generations(UUID jobId) {
        Checks.present("job id", jobId);
        SearchStore.prepare();
        return transactions.inSession(
                "job " + jobId, TransactionLimits.DEFAULT, session -> generations(session, jobId));
    }

    /** How far a batch has come; empty if there is none, or it ended more than a week ago. */
    public Optional<BatchSnapshot> findBatch(UUID batchId) {
        Checks.present("batch id", batchId);
        return transactions.transact("batch " + batchId, connection -> BatchStore.find(connection, batchId));
    }

    /** How far the job's handler said it had come; empty if it said nothing. */
    public Optional<Progress> progress(UUID jobId) {
        Checks.present("job id", jobId);
        return transactions.transact("job " + jobId, connection -> ProgressStore.read(connection, jobId));
    }

    private static List<JobDetail> generations(Session session, UUID jobId) throws SQLException {
        Optional<FoundJob> found = JobLookup.find(session, jobId);
        if (found.isEmpty()) {
            return List.of();
        }
        int liveIn = found.get().hasTables() ? found.get().queueId() : 0;
        return session.inTransaction(connection -> SearchStore.generations(connection, liveIn, jobId, JobStore.EVER));
    }

    /**
     * Jobs of a filter: of each queue first those that are live, then those that wait, then the discarded ones, newest first; at
     * last what was completed or cancelled. The answer says when it is not all of them.
     *
     * @param most how many at most, up to {@link SearchResult#MOST}
     */
    public SearchResult search(JobFilter filter, int most) {
        return search.find(Checks.present("filter", filter), Checks.within("most jobs", most, 1, SearchResult.MOST));
    }

    /**
     * Everything that is known under a business key, be it a job's concurrency key, one of its tags or its idempotency key: every
     * generation, in every queue and room, in order of time.
     */
    public SearchResult trace(String businessKey) {
        return search.trace(Checks.ofLength("business key", businessKey, 1, Limits.KEY_CHARACTERS));
    }

    /** The newest discarded jobs of a filter, grouped by the fingerprint of their errors, the largest group first. */
    public FailureGroups groups(JobFilter filter) {
        return search.groups(Checks.present("filter", filter));
    }

    /**
     * Cancels a job. One that is not running ends at once; one that runs is interrupted by its worker within two
     * seconds, and gets no further attempt; if its handler completes all the same, it is completed.
     *
     * @return whether there was such a job and it had not ended
     */
    public boolean cancel(UUID jobId, String reason) {
        return changes.cancel(Checks.present("job id", jobId), 0, reason);
    }

    /**
     * Discards a job that does not run: it ends as one whose attempts are used up.
     *
     * @return whether there was such a job and it had not ended
     * @throws io.penstock.error.RefusedException if it runs
     */
    public boolean discard(UUID jobId, String reason) {
        return changes.discard(Checks.present("job id", jobId), 0, reason);
    }

    /**
     * Runs an ended job again, as its next generation, with all its attempts. The ended one stays.
     *
     * @return the new generation, or 0 if the job is unknown or has not ended
     */
    public int retry(UUID jobId) {
        return changes.retry(Checks.present("job id", jobId), JobEdit.NONE);
    }

    /**
     * Changes a job that does not run. One that was discarded or cancelled stays as it was and runs again with the changes, as its
     * next generation.
     *
     * @return the generation that carries the changes, or 0 if the job is unknown
     * @throws io.penstock.error.RefusedException if it runs or was completed, or the payload is none
     */
    public int edit(UUID jobId, JobEdit edit) {
        return changes.edit(Checks.present("job id", jobId), 0, Checks.present("edit", edit));
    }

    /**
     * Enqueues a job that a person wrote down. Its payload is checked as that of any other.
     *
     * @throws io.penstock.error.RefusedException if there is no such queue, or anything of it is not as it must be
     */
    public Enqueued enqueue(RawJob job) {
        return new HandWritten(transactions, changes.audit()).enqueue(Checks.present("job", job));
    }

    /** Does the same to every job of a filter. */
    public BulkResult change(BulkChange change) {
        return new BulkRun(transactions, changes, Checks.present("change", change)).run();
    }

    /**
     * Erases what jobs with a tag carry: payload, metadata and failures. Jobs that have not started are cancelled; one that
     * runs goes on with what its worker has read, and its row is erased. Reads every table that holds jobs, some pages at a
     * time. Old row versions go with the next vacuum, and copies in backups and WAL with those.
     *
     * @return how many jobs were changed
     */
    public long erase(String tag) {
        Checks.ofLength("tag", tag, 1, Limits.TAG_CHARACTERS);
        String subject = "erasure of tag " + Checks.quoted(tag);
        long erased = 0;
        for (JobTable table : transactions.transact(subject, JobStore::tables)) {
            for (long page = 0; page < table.pages(); page += JobStore.ERASED_AT_ONCE) {
                long first = page;
                erased += Transactions.again(
                        subject,
                        () -> transactions.transact(
                                subject, connection -> JobStore.erase(connection, tag, table, first)));
            }
        }
        long all = erased;
        transactions.transact(subject, connection -> {
            changes.audit().write(connection, "erase", "jobs with a tag", Map.of("jobs", all));
            return all;
        });
        return erased;
    }
}
