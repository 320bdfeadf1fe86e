package io.penstock.enqueue;

import static io.penstock.enqueue.Queues.mail;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.JobQueue;
import io.penstock.error.ContentionException;
import io.penstock.job.Enqueued;
import io.penstock.job.NewJob;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class IdempotencyTest {

    @Test
    void aSecondJobWithTheSameKeyIsNotMade(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);
        Enqueued first = queue.enqueue(mail().idempotencyKey("twice"));

        Enqueued second = queue.enqueue(mail().idempotencyKey("twice").runIn(Duration.ofHours(1)));
        Enqueued elsewhere = queue.enqueue(mail().queue("alpha").idempotencyKey("twice"));

        assertThat(first.created()).isTrue();
        assertThat(second.created()).isFalse();
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(elsewhere.created()).as("a key belongs to its queue").isTrue();
        assertThat(database.number("SELECT count(*) FROM penstock.idempotency WHERE key = 'twice'"))
                .isEqualTo(2);
    }

    @Test
    void theFirstOfABatchWithTheSameKeyIsMade(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);
        List<NewJob<Queues.Mail>> jobs = new ArrayList<>();
        for (int number = 0; number < 300; number++) {
            jobs.add(mail().idempotencyKey("batch-" + number * 7 % 10));
        }
        jobs.add(mail());

        List<Enqueued> enqueued = queue.enqueue(jobs);

        for (int number = 0; number < 300; number++) {
            assertThat(enqueued.get(number).created()).isEqualTo(number < 10);
            assertThat(enqueued.get(number).id())
                    .isEqualTo(jobs.get(number % 10).id());
        }
        assertThat(enqueued.get(300).created()).isTrue();
        assertThat(database.number("SELECT count(*) FROM penstock.live WHERE idempotency_key LIKE 'batch-%'"))
                .isEqualTo(10);
    }

    @Test
    void theSameJobEnqueuedAgainWithItsKeyIsNotMadeAgainEvenAfterItHasFinished(PenstockDatabase database)
            throws SQLException {
        JobQueue queue = Queues.declared(database);
        NewJob<Queues.Mail> job = mail().idempotencyKey("same-job");
        assertThat(queue.enqueue(job).created()).isTrue();

        assertThat(queue.enqueue(List.of(job, job)))
                .extracting(Enqueued::created)
                .containsExactly(false, false);
        queue.cancel(job.id(), "no longer wanted");
        assertThat(queue.enqueue(job))
                .extracting(Enqueued::created, Enqueued::id)
                .containsExactly(false, job.id());

        assertThat(Queues.rows(database, job.id())).isEqualTo(1);
    }

    @Test
    void theSameJobTwiceInOneBatchIsMadeOnce(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);
        NewJob<Queues.Mail> job = mail().idempotencyKey("same-job-in-a-batch");

        assertThat(queue.enqueue(List.of(job, job)))
                .extracting(Enqueued::created)
                .containsExactly(true, false);
        assertThat(Queues.rows(database, job.id())).isEqualTo(1);
    }

    @Test
    void aKeyUnderWayElsewhereIsWaitedForHalfASecondAtMost(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);
        try (Connection first = database.connect()) {
            first.setAutoCommit(false);
            queue.enqueue(first, mail().idempotencyKey("contended"));

            long start = System.nanoTime();
            assertThatThrownBy(() -> queue.enqueue(mail().idempotencyKey("contended")))
                    .isInstanceOf(ContentionException.class)
                    .hasMessageContaining("try again");

            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(450), Duration.ofMillis(1_900));
            first.rollback();
        }
        assertThat(queue.enqueue(mail().idempotencyKey("contended")).created()).isTrue();
    }

    @Test
    void aKeyCommittedWhileItWasWaitedForAnswersTheFirstId(PenstockDatabase database) throws Exception {
        JobQueue queue = Queues.declared(database);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Connection first = database.connect()) {
            first.setAutoCommit(false);
            UUID winner = queue.enqueue(first, mail().idempotencyKey("raced")).id();
            Future<Enqueued> second = other.submit(() -> queue.enqueue(mail().idempotencyKey("raced")));
            while (database.number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                            + " AND wait_event = 'transactionid'")
                    == 0) {
                assertThat(second).as("the second waits for the first").isNotDone();
            }
            first.commit();

            assertThat(second.get().created()).isFalse();
            assertThat(second.get().id()).isEqualTo(winner);
        } finally {
            other.shutdown();
        }
    }
}
