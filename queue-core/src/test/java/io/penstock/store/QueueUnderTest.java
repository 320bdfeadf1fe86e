package io.penstock.store;

import io.penstock.JobQueue;
import io.penstock.database.Session;
import io.penstock.database.Work;
import io.penstock.job.Enqueued;
import io.penstock.job.JobSnapshot;
import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import io.penstock.job.Priority;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A queue of its own on a shared database, with the steps of a job's life as single calls, each in one transaction. */
final class QueueUnderTest {

    record Note(String text) {}

    static final long[] NO_FLOORS = new long[Priority.LEVELS];
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final PenstockDatabase database;
    private final JobQueue jobQueue;
    private final JobType<Note> type;
    private final Leaf leaf;

    QueueUnderTest(PenstockDatabase database) throws SQLException {
        String name = "store-" + NUMBER.incrementAndGet();
        this.database = database;
        this.jobQueue = database.jobQueue();
        this.type = JobType.of("note", Note.class).onQueue(name);
        jobQueue.declare(QueueDefinition.of(name, 0, 10, 1));
        this.leaf = new Leaf(
                Math.toIntExact(database.number("SELECT queue_id FROM penstock.queue WHERE name = '" + name + "'")), 0);
    }

    JobQueue jobQueue() {
        return jobQueue;
    }

    Leaf leaf() {
        return leaf;
    }

    String table() {
        return leaf.qualifiedName();
    }

    NewJob<Note> job() {
        return job("text");
    }

    NewJob<Note> job(String text) {
        return type.with(new Note(text));
    }

    UUID enqueue() {
        return jobQueue.enqueue(job()).id();
    }

    List<UUID> enqueue(int count) {
        return jobQueue.enqueue(Stream.generate(this::job).limit(count).toList()).stream()
                .map(Enqueued::id)
                .toList();
    }

    long worker() throws SQLException {
        return transact(connection -> WorkerStore.register(connection, "tester", Duration.ofSeconds(15)));
    }

    List<ClaimedJob> claim(long workerId, int wanted) throws SQLException {
        return claim(workerId, NO_FLOORS, wanted);
    }

    List<ClaimedJob> claim(long workerId, long[] floors, int wanted) throws SQLException {
        return transact(connection -> ClaimStore.claim(connection, leaf, workerId, floors, wanted));
    }

    /** A new job, claimed by a new worker. */
    ClaimedJob running() throws SQLException {
        enqueue();
        return claim(worker(), 1).get(0);
    }

    /** Claims, which takes the job named and no other, because there is no other. */
    ClaimedJob claimOnly(UUID jobId) throws SQLException {
        ClaimedJob claimed = claim(worker(), 1).get(0);
        if (!claimed.attempt().jobId().equals(jobId)) {
            throw new AssertionError("expected job " + jobId + ", was " + claimed.attempt());
        }
        return claimed;
    }

    boolean finish(Ending ending) throws SQLException {
        return transact(connection ->
                !CompletionStore.finish(connection, leaf, List.of(ending)).isEmpty());
    }

    boolean postpone(Ending ending) throws SQLException {
        return transact(connection ->
                !CompletionStore.postpone(connection, leaf, List.of(ending)).isEmpty());
    }

    JobSnapshot find(UUID jobId) {
        return jobQueue.find(jobId).orElseThrow();
    }

    int promote(int most) throws SQLException {
        return transact(connection -> PromotionStore.promote(connection, leaf.queueId(), 0, most));
    }

    long position(UUID jobId) throws SQLException {
        return database.number("SELECT position FROM penstock.live WHERE id = '" + jobId + "'");
    }

    <T> T transact(Work<T> work) throws SQLException {
        try (Session session = Session.open(database.dataSource(), TransactionLimits.DEFAULT)) {
            return session.inTransaction(work);
        }
    }
}
