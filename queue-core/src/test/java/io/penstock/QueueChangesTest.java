package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import io.penstock.job.JobType;
import io.penstock.job.QueueDefinition;
import io.penstock.job.Retention;
import io.penstock.testkit.LockWaits;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class QueueChangesTest {

    record Nothing() {}

    private static JobType<Nothing> on(String queue) {
        return JobType.of("nothing", Nothing.class).onQueue(queue);
    }

    /** Enqueues single jobs until told to stop; answers how long each took, in nanoseconds. */
    private static List<Long> enqueueUntil(AtomicBoolean stop, JobQueue jobQueue) {
        List<Long> took = new ArrayList<>();
        while (!stop.get()) {
            long start = System.nanoTime();
            jobQueue.enqueue(on("busy").with(new Nothing()));
            took.add(System.nanoTime() - start);
        }
        return took;
    }

    @Test
    void queuesAreMadeRenamedAndRemovedWhileOthersAreEnqueuedInto(PenstockDatabase database) throws Exception {
        JobQueue jobQueue = database.jobQueue();
        jobQueue.declare(QueueDefinition.of("busy", 0, 1, 1));
        AtomicBoolean stop = new AtomicBoolean();
        LockWaits waits = new LockWaits(database, "penstock.enqueue_");
        ExecutorService enqueuers = Executors.newFixedThreadPool(2);
        try (waits) {
            List<Future<List<Long>>> running = List.of(
                    enqueuers.submit(() -> enqueueUntil(stop, jobQueue)),
                    enqueuers.submit(() -> enqueueUntil(stop, jobQueue)));
            for (int number = 0; number < 10; number++) {
                String name = "short-lived-" + number;
                jobQueue.declare(QueueDefinition.of(name, 0, 1, 1));
                UUID id = jobQueue.enqueue(on(name).with(new Nothing())).id();
                jobQueue.rename(name, name + "-renamed");
                assertThatThrownBy(() -> jobQueue.enqueue(on(name).with(new Nothing())))
                        .isInstanceOf(RefusedException.class)
                        .hasMessageContaining(name);
                jobQueue.cancel(id, "not wanted");
                jobQueue.remove(name + "-renamed");
            }
            stop.set(true);
            List<Long> took = new ArrayList<>();
            for (Future<List<Long>> one : running) {
                took.addAll(one.get());
            }
            Collections.sort(took);
            System.out.printf(
                    "%d enqueues beside 10 queues made, renamed and removed: p99 %.1f ms, longest %.1f ms%n",
                    took.size(), took.get(took.size() * 99 / 100) / 1e6, took.get(took.size() - 1) / 1e6);
            assertThat(waits.longest())
                    .as("milliseconds that an enqueue waited for a lock")
                    .isLessThan(100);
        } finally {
            stop.set(true);
            enqueuers.shutdown();
        }
        assertThat(database.number("SELECT count(*) FROM penstock.queue WHERE removed_at IS NULL"))
                .isEqualTo(1);
        assertThat(database.number("SELECT count(*) FROM pg_class WHERE relname ~ '^(live|position)_q'"
                        + " AND relkind IN ('r', 'p', 'S')"))
                .isEqualTo(5);
    }

    @Test
    void aQueueWithJobsIsNotRemovedAndGoesOn(PenstockDatabase database) {
        JobQueue jobQueue = database.jobQueue();
        jobQueue.declare(QueueDefinition.of("kept", 0, 1, 1).keeping(Retention.NONE));
        UUID id = jobQueue.enqueue(on("kept").with(new Nothing())).id();

        assertThatThrownBy(() -> jobQueue.remove("kept"))
                .isInstanceOf(RefusedException.class)
                .hasMessage(
                        "removal of queue \"kept\": expected no jobs that have not ended; let them run, or cancel them,"
                                + " was 1 or more");
        assertThat(jobQueue.find(id)).isPresent();
        jobQueue.enqueue(on("kept").with(new Nothing()));
    }

    @Test
    void aRemovalThatCannotWaitAnyLongerGoesOnWhenItIsAskedForAgain(PenstockDatabase database) throws SQLException {
        JobQueue jobQueue = database.jobQueue();
        jobQueue.declare(QueueDefinition.of("going", 0, 1, 1));
        jobQueue.declare(QueueDefinition.of("staying", 0, 1, 1));
        try (Connection slow = database.connect();
                Connection locker = database.connect()) {
            slow.setAutoCommit(false);
            locker.setAutoCommit(false);
            jobQueue.enqueue(slow, on("staying").with(new Nothing()));
            slow.rollback();
            locker.createStatement().execute("LOCK TABLE penstock.claim_ceiling IN ACCESS EXCLUSIVE MODE");
            assertThatThrownBy(() -> jobQueue.remove("going")).hasMessageContaining("lock timeout");
            assertThatThrownBy(() -> jobQueue.enqueue(on("going").with(new Nothing())))
                    .isInstanceOf(RefusedException.class);
            locker.rollback();
        }
        jobQueue.remove("going");
        assertThatThrownBy(() -> jobQueue.remove("going"))
                .hasMessage("removal of queue \"going\": expected an existing queue, was none");
    }

    @Test
    void aNameIsFreeAgainAfterARemoval(PenstockDatabase database) {
        JobQueue jobQueue = database.jobQueue();
        jobQueue.declare(QueueDefinition.of("again", 0, 1, 1));
        jobQueue.remove("again");
        jobQueue.declare(QueueDefinition.of("again", 0, 2, 1));
        UUID id = jobQueue.enqueue(on("again").with(new Nothing())).id();
        assertThat(jobQueue.find(id)).isPresent();
        assertThatThrownBy(() -> jobQueue.rename("nowhere", "somewhere")).isInstanceOf(RefusedException.class);
    }
}
