package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.JobType;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.LockWaits;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class ManyQueuesTest {

    record Nothing() {}

    private static final int QUEUES = 200;
    private static final JobType<Nothing> BUSY =
            JobType.of("nothing", Nothing.class).onQueue("busy");

    /** Enqueues in transactions of two jobs until told to stop; answers how many transactions that were. */
    private static int enqueueUntil(AtomicBoolean stop, PenstockDatabase database) throws Exception {
        JobQueue jobQueue = database.jobQueue();
        int transactions = 0;
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            while (!stop.get()) {
                jobQueue.enqueue(connection, BUSY.with(new Nothing()));
                jobQueue.enqueue(connection, BUSY.with(new Nothing()));
                connection.commit();
                transactions++;
            }
        }
        return transactions;
    }

    @Test
    void twoHundredQueuesAreMadeWhileOthersAreEnqueuedIntoAndNobodyWaits(PenstockDatabase database) throws Exception {
        JobQueue jobQueue = database.jobQueue();
        jobQueue.declare(QueueDefinition.of("busy", 0, 1, 1));
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService enqueuers = Executors.newFixedThreadPool(2);
        try (LockWaits waits = new LockWaits(database, ".");
                Connection slow = database.connect()) {
            slow.setAutoCommit(false);
            jobQueue.enqueue(slow, BUSY.with(new Nothing())); // stays open all the while
            List<Future<Integer>> running = List.of(
                    enqueuers.submit(() -> enqueueUntil(stop, database)),
                    enqueuers.submit(() -> enqueueUntil(stop, database)));
            for (int number = 0; number < QUEUES; number++) {
                String name = "many-" + number;
                jobQueue.declare(QueueDefinition.of(name, 0, 1, 1));
                jobQueue.enqueue(BUSY.onQueue(name).with(new Nothing()));
            }
            stop.set(true);
            for (Future<Integer> one : running) {
                assertThat(one.get()).isGreaterThan(QUEUES / 10);
            }
            slow.commit();
            assertThat(waits.longest())
                    .as("milliseconds that anybody waited for a lock")
                    .isLessThan(100);
        } finally {
            stop.set(true);
            enqueuers.shutdown();
        }
        assertThat(database.number("SELECT count(DISTINCT queue_id) FROM penstock.live"))
                .isEqualTo(QUEUES + 1);
    }
}
