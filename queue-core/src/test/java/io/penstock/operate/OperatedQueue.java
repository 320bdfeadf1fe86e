package io.penstock.operate;

import io.penstock.JobQueue;
import io.penstock.database.Session;
import io.penstock.database.Work;
import io.penstock.job.Attempt;
import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import io.penstock.job.QueueDefinition;
import io.penstock.store.ClaimStore;
import io.penstock.store.ClaimedJob;
import io.penstock.store.CompletionStore;
import io.penstock.store.Ending;
import io.penstock.store.Leaf;
import io.penstock.store.WorkerStore;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;

/** A queue of its own on a shared database, with a worker that does what it is told. */
final class OperatedQueue {

    record Note(String text) {}

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final AtomicInteger NUMBER = new AtomicInteger();

    final String name = "operated-" + NUMBER.incrementAndGet();
    final PenstockDatabase database;
    final JobQueue jobQueue;
    final JobOperations jobs;
    final QueueOperations queues;
    final Leaf leaf;
    private final JobType<Note> type = JobType.of("note", Note.class).onQueue(name);
    private final long worker;

    OperatedQueue(PenstockDatabase database) throws SQLException {
        this.database = database;
        this.jobQueue = database.jobQueue();
        this.jobs = JobOperations.on(database.dataSource(), "ada");
        this.queues = QueueOperations.on(database.dataSource(), "ada");
        jobQueue.declare(QueueDefinition.of(name, 0, 10, 1));
        this.leaf = new Leaf(
                Math.toIntExact(database.number("SELECT queue_id FROM penstock.queue WHERE name = '" + name + "'")), 0);
        this.worker = transact(connection -> WorkerStore.register(connection, "tester", Duration.ofSeconds(15)));
    }

    NewJob<Note> job() {
        return type.with(new Note("text"));
    }

    NewJob<Note> job(String otherType) {
        return JobType.of(otherType, Note.class).onQueue(name).with(new Note("text"));
    }

    UUID enqueue() {
        return jobQueue.enqueue(job()).id();
    }

    /** Claims what is there, in the order of a worker whose floors have seen nothing yet. */
    List<ClaimedJob> claim(int most) throws SQLException {
        return transact(connection -> ClaimStore.claim(connection, leaf, worker, new long[4], most));
    }

    Attempt running(NewJob<Note> job) throws SQLException {
        jobQueue.enqueue(job);
        return claim(1).get(0).attempt();
    }

    void complete(Attempt attempt) throws SQLException {
        transact(connection -> CompletionStore.finish(connection, leaf, List.of(Ending.completed(attempt))));
    }

    void discard(Attempt attempt, String error, String message) throws SQLException {
        String failure = JSON.writeValueAsString(JSON.createObjectNode()
                .put("attempt", attempt.number())
                .put("error", error)
                .put("message", message)
                .put("stack", error + ": " + message + "\n\tat com.acme.Mailer.send(Mailer.java:12)\n"));
        transact(connection -> CompletionStore.finish(
                connection, leaf, List.of(Ending.discarded(attempt, "its last attempt failed", failure))));
    }

    UUID discarded(String message) throws SQLException {
        Attempt attempt = running(job());
        discard(attempt, "java.io.IOException", message);
        return attempt.jobId();
    }

    List<String> audited(UUID jobId) throws SQLException {
        return database.query("SELECT action || ' by ' || actor || ' ' || details FROM penstock.audit"
                + " WHERE subject = 'job " + jobId + "' ORDER BY audit_id");
    }

    <T> T transact(Work<T> work) throws SQLException {
        try (Session session = Session.open(database.dataSource(), TransactionLimits.DEFAULT)) {
            return session.inTransaction(work);
        }
    }
}
