package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.error.ContentionException;
import io.penstock.job.Enqueued;
import io.penstock.job.Uniqueness;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Enqueuers of one key against each other and against the worker that claims its jobs. */
@PenstockDatabase.Fresh
class UniqueRaceTest {

    private static final int ENQUEUERS = 3;
    private static final int ROUNDS = 100;
    private static final Uniqueness UNIQUE = Uniqueness.whileWaiting("raced");

    /** What an enqueuer was answered, and the time of the database before its commit. */
    private record Answer(Enqueued enqueued, String moment) {}

    private final PenstockDatabase database;
    private final QueueUnderTest queue;
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger run = new AtomicInteger();

    UniqueRaceTest(PenstockDatabase database) throws SQLException {
        this.database = database;
        this.queue = new QueueUnderTest(database);
    }

    @Test
    void theJobThatIsAnsweredStartsAfterTheCommitOfWhoeverWantedIt() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(ENQUEUERS + 1);
        try {
            Future<Integer> worker = threads.submit(() -> work(done));
            List<Callable<Void>> enqueuers = new ArrayList<>();
            for (int enqueuer = 0; enqueuer < ENQUEUERS; enqueuer++) {
                int half = enqueuer % 2;
                enqueuers.add(() -> enqueue(half == 0 ? UNIQUE : UNIQUE.replacing()));
            }
            for (Future<Void> enqueuer : threads.invokeAll(enqueuers)) {
                enqueuer.get();
            }
            done.set(true);
            assertThat(worker.get()).as("jobs run").isGreaterThan(ROUNDS / 10);
        } finally {
            threads.shutdown();
        }
        for (Answer answer : answers) {
            assertThat(database.number("SELECT count(*) FROM penstock.finished WHERE id = '"
                            + answer.enqueued().id() + "' AND claimed_at > '" + answer.moment() + "'"))
                    .as(
                            "%s starts after its enqueuer's look at %s: %s",
                            answer.enqueued(),
                            answer.moment(),
                            queue.find(answer.enqueued().id()))
                    .isEqualTo(1);
        }
    }

    private Void enqueue(Uniqueness uniqueness) throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            Random random = new Random(1);
            for (int round = 0; round < ROUNDS || run.get() <= ROUNDS / 10; round++) {
                try {
                    Enqueued enqueued =
                            queue.jobQueue().enqueue(connection, queue.job().unique(uniqueness));
                    assertThat(query(connection, "SELECT state FROM penstock.live WHERE id = '" + enqueued.id() + "'"))
                            .as("it cannot start while this transaction is open")
                            .isEqualTo("available");
                    answers.add(new Answer(enqueued, query(connection, "SELECT penstock.clock()")));
                    connection.commit();
                } catch (ContentionException busy) {
                    connection.rollback();
                }
                // Gaps for jobs to start in, longer ones where none did: the three hold the job between them nearly all
                // the time on a slow machine.
                LockSupport.parkNanos(random.nextInt(20_000_000) * (1L + Math.max(0, round - ROUNDS) / 5));
            }
        }
        return null;
    }

    private static String query(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private int work(AtomicBoolean done) throws SQLException {
        long worker = queue.worker();
        boolean last;
        List<ClaimedJob> claimed;
        do {
            last = done.get();
            claimed = queue.claim(worker, 10);
            for (ClaimedJob job : claimed) {
                queue.finish(Ending.completed(job.attempt()));
                run.incrementAndGet();
            }
        } while (!last || !claimed.isEmpty());
        return run.get();
    }
}
