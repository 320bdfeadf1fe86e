package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.Attempt;
import io.penstock.job.JobSnapshot;
import io.penstock.job.JobState;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class CancelTest {

    private static void assertCancelled(QueueUnderTest queue, UUID id) {
        assertThat(queue.jobQueue().cancel(id, "not wanted")).isTrue();
        assertThat(queue.find(id))
                .extracting(JobSnapshot::state, JobSnapshot::reason)
                .containsExactly(JobState.CANCELLED, "not wanted");
        assertThat(queue.jobQueue().cancel(id, "again")).isFalse();
    }

    @Test
    void anAvailableJobIsCancelledAtOnce(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        assertCancelled(queue, queue.enqueue());
        assertThat(queue.claim(queue.worker(), 1)).isEmpty();
    }

    @Test
    void aScheduledJobIsCancelledAtOnce(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        assertCancelled(
                queue,
                queue.jobQueue().enqueue(queue.job().runIn(Duration.ofHours(1))).id());
    }

    @Test
    void aRetryableAndASnoozedJobAreCancelledAtOnce(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        Attempt failed = queue.running().attempt();
        Attempt snoozed = queue.running().attempt();
        queue.postpone(Ending.retryable(failed, Duration.ofHours(1), "{}"));
        queue.postpone(Ending.snoozed(snoozed, Duration.ofHours(1), null));

        assertCancelled(queue, failed.jobId());
        assertCancelled(queue, snoozed.jobId());
    }

    @Test
    void aRunningJobIsAskedToEndAndIsNotInterrupted(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        Attempt attempt = queue.running().attempt();

        assertThat(queue.jobQueue().cancel(attempt.jobId(), "not wanted")).isTrue();

        assertThat(queue.find(attempt.jobId()).state()).isEqualTo(JobState.RUNNING);
        assertThat(queue.<Set<UUID>>transact(
                        connection -> CompletionStore.toBeCancelled(connection, queue.leaf(), List.of(attempt))))
                .containsExactly(attempt.jobId());
        assertThat(queue.finish(Ending.completed(attempt)))
                .as("the attempt under way may complete")
                .isTrue();
    }

    @Test
    void askingTwiceForARunningJobIsToldBothTimesThatItHasNotEnded(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        Attempt attempt = queue.running().attempt();

        assertThat(queue.jobQueue().cancel(attempt.jobId(), "not wanted")).isTrue();
        assertThat(queue.jobQueue().cancel(attempt.jobId(), "not wanted")).isTrue();
    }

    @Test
    void aFinishedOrUnknownJobIsNotCancelled(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        Attempt attempt = queue.running().attempt();
        queue.finish(Ending.completed(attempt));

        assertThat(queue.jobQueue().cancel(attempt.jobId(), "late")).isFalse();
        assertThat(queue.jobQueue().cancel(UUID.randomUUID(), "unknown")).isFalse();
        assertThat(queue.find(attempt.jobId()).state()).isEqualTo(JobState.COMPLETED);
    }
}
