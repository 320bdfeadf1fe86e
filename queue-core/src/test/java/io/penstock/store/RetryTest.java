package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.Attempt;
import io.penstock.job.JobEdit;
import io.penstock.job.JobSnapshot;
import io.penstock.job.JobState;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class RetryTest {

    private static UUID finished(QueueUnderTest queue) throws SQLException {
        Attempt attempt = queue.running().attempt();
        queue.finish(Ending.discarded(attempt, "no use", "{\"error\": \"boom\"}"));
        return attempt.jobId();
    }

    @Test
    void aRetryIsTheNextGenerationWithAllItsAttempts(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        UUID id = finished(queue);

        assertThat(queue.jobQueue().retry(id)).isEqualTo(2);

        assertThat(queue.find(id))
                .extracting(JobSnapshot::state, JobSnapshot::generation, JobSnapshot::attempts)
                .containsExactly(JobState.AVAILABLE, 2, 0);
        assertThat(database.number("SELECT count(*) FROM penstock.finished WHERE id = '" + id + "'"))
                .as("the finished row stays")
                .isEqualTo(1);
        Attempt second = queue.claimOnly(id).attempt();
        assertThat(second.generation()).isEqualTo(2);
        assertThat(second.leaseToken()).as("tokens go on counting").isEqualTo(2);
        assertThat(queue.finish(Ending.completed(second))).isTrue();
        assertThat(queue.jobQueue().retry(id)).isEqualTo(3);
    }

    @Test
    void anUnknownOrUnfinishedJobIsNotRetried(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        UUID id = finished(queue);
        assertThat(queue.jobQueue().retry(UUID.randomUUID())).isZero();
        assertThat(queue.jobQueue().retry(queue.running().attempt().jobId())).isZero();

        assertThat(queue.jobQueue().retry(id)).isEqualTo(2);
        assertThat(queue.jobQueue().retry(id))
                .as("its second generation is available")
                .isZero();
    }

    @Test
    void twoConcurrentRetriesMakeOne(PenstockDatabase database) throws Exception {
        QueueUnderTest queue = new QueueUnderTest(database);
        ExecutorService other = Executors.newSingleThreadExecutor();
        UUID id = finished(queue);
        try (Connection first = database.connect()) {
            first.setAutoCommit(false);
            OperatorStore.lock(first, id);
            assertThat(OperatorStore.retry(first, queue.leaf().queueId(), id, JobStore.EVER, JobEdit.NONE))
                    .isEqualTo(2);
            Future<Integer> second = other.submit(() -> queue.jobQueue().retry(id));
            awaitBlocked(database);
            // the next segment, so that no unique index of a leaf can hide a second retry
            database.execute("UPDATE penstock.queue SET write_segment = 1 WHERE queue_id = "
                    + queue.leaf().queueId());
            first.commit();

            assertThat(second.get()).isZero();
        } finally {
            other.shutdown();
        }
        assertThat(database.number("SELECT count(*) FROM penstock.live WHERE id = '" + id + "'"))
                .isEqualTo(1);
    }

    private static void awaitBlocked(PenstockDatabase database) throws SQLException {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (database.number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND wait_event_type = 'Lock'")
                == 0) {
            assertThat(System.nanoTime())
                    .as("the second retry waits for the first")
                    .isLessThan(deadline);
        }
    }
}
