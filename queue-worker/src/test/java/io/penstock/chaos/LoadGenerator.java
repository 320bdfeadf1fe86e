package io.penstock.chaos;

import io.penstock.JobQueue;
import io.penstock.error.PenstockException;
import io.penstock.job.Enqueued;
import io.penstock.job.NewJob;
import io.penstock.job.Priority;
import io.penstock.testkit.Ledger;
import io.penstock.testkit.Ledger.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Enqueues tasks in batches, each way there is: in transactions of Penstock's, in its own that it commits, in its own that
 * it rolls back; now and later, at all levels, a few under an idempotency key that is used twice.
 */
final class LoadGenerator {

    static final int BATCH = 100;

    private final JobQueue jobQueue;
    private final DataSource dataSource;
    private final Ledger ledger;
    private final Random random;

    LoadGenerator(JobQueue jobQueue, DataSource dataSource, Ledger ledger, long seed) {
        this.jobQueue = jobQueue;
        this.dataSource = dataSource;
        this.ledger = ledger;
        this.random = new Random(seed);
    }

    /** Enqueues tasks from one number to before another, and as many again, now and then, that are rolled back. */
    void run(int from, int to) throws SQLException {
        for (int first = from; first < to; first += BATCH) {
            List<NewJob<?>> jobs = jobs(first, Math.min(first + BATCH, to));
            String operation = "tasks-" + first;
            switch (random.nextInt(4)) {
                case 0 -> {
                    inTransaction(operation + "-rolled-back", jobs(first, first + BATCH / 2), false);
                    inTransaction(operation, jobs, true);
                }
                case 1 -> inTransaction(operation, jobs, true);
                default -> alone(operation, jobs);
            }
            if (random.nextInt(10) == 0) {
                twice(operation, first);
            }
        }
    }

    private List<NewJob<?>> jobs(int from, int to) {
        List<NewJob<?>> jobs = new ArrayList<>();
        for (int number = from; number < to; number++) {
            NewJob<Task> job = (number % 3 == 0 ? Task.QUICK : Task.BULK)
                    .with(new Task(number))
                    .priority(Priority.ofLevel(random.nextInt(Priority.LEVELS)))
                    .maxAttempts(15);
            jobs.add(random.nextInt(20) == 0 ? job.runIn(Duration.ofMillis(random.nextInt(3_000))) : job);
        }
        return jobs;
    }

    private void alone(String operation, List<NewJob<?>> jobs) {
        List<UUID> ids = ids(jobs);
        ledger.enqueue(Kind.INVOKE, operation, ids);
        try {
            jobQueue.enqueue(jobs);
            ledger.enqueue(Kind.OK, operation, ids);
        } catch (PenstockException failure) {
            ledger.enqueue(Kind.UNKNOWN, operation, ids);
            throw failure;
        }
    }

    private void inTransaction(String operation, List<NewJob<?>> jobs, boolean commit) throws SQLException {
        List<UUID> ids = ids(jobs);
        ledger.enqueue(Kind.INVOKE, operation, ids);
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            jobQueue.enqueue(connection, jobs);
            if (commit) {
                connection.commit();
            } else {
                connection.rollback();
            }
            ledger.enqueue(commit ? Kind.OK : Kind.FAIL, operation, ids);
        }
    }

    /** The same key twice: the second enqueue answers the first one's job. */
    private void twice(String operation, int number) {
        for (String time : List.of("-first", "-second")) {
            NewJob<Task> job = Task.QUICK.with(new Task(number)).idempotencyKey("key-" + number);
            ledger.enqueue(Kind.INVOKE, operation + time, List.of());
            Enqueued enqueued = jobQueue.enqueue(job);
            ledger.enqueue(Kind.OK, operation + time, List.of(enqueued.id()));
        }
    }

    private static List<UUID> ids(List<NewJob<?>> jobs) {
        return jobs.stream().map(NewJob::id).toList();
    }
}
