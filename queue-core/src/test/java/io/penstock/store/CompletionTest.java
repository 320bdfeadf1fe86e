package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.Attempt;
import io.penstock.job.JobSnapshot;
import io.penstock.job.JobState;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class CompletionTest {

    @Test
    void eachTerminalStateIsKeptWithItsReasonAndFailure(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        Attempt completed = queue.running().attempt();
        Attempt discarded = queue.running().attempt();
        Attempt cancelled = queue.running().attempt();

        Set<UUID> ended = queue.transact(connection -> CompletionStore.finish(
                connection,
                queue.leaf(),
                List.of(
                        Ending.completed(completed),
                        Ending.discarded(discarded, "no use", "{\"error\": \"boom\"}"),
                        Ending.cancelled(cancelled, "not wanted"))));

        assertThat(ended).containsExactlyInAnyOrder(completed.jobId(), discarded.jobId(), cancelled.jobId());
        assertThat(queue.find(completed.jobId())).satisfies(job -> {
            assertThat(job.state()).isEqualTo(JobState.COMPLETED);
            assertThat(job.reason()).isNull();
            assertThat(job.finishedAt()).isNotNull();
        });
        assertThat(queue.find(discarded.jobId())).satisfies(job -> {
            assertThat(job.state()).isEqualTo(JobState.DISCARDED);
            assertThat(job.reason()).isEqualTo("no use");
            assertThat(job.failures()).isEqualTo("[{\"error\": \"boom\"}]");
        });
        assertThat(queue.find(cancelled.jobId()).reason()).isEqualTo("not wanted");
        assertThat(database.number("SELECT count(*) FROM " + queue.table())).isZero();
    }

    @Test
    void anAttemptWhoseRowIsHeldElsewhereIsLeftOutOfTheAnswer(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        Attempt held = queue.running().attempt();
        Attempt free = queue.running().attempt();
        try (Connection other = database.connect();
                PreparedStatement lock =
                        other.prepareStatement("SELECT 1 FROM " + queue.table() + " WHERE id = ? FOR UPDATE")) {
            other.setAutoCommit(false);
            lock.setObject(1, held.jobId());
            lock.execute();

            Set<UUID> ended = queue.transact(connection -> CompletionStore.finish(
                    connection, queue.leaf(), List.of(Ending.completed(held), Ending.completed(free))));

            assertThat(ended).containsExactly(free.jobId());
            other.rollback();
        }
        assertThat(queue.<Set<UUID>>transact(
                        connection -> CompletionStore.stillRunning(connection, queue.leaf(), List.of(held, free))))
                .containsExactly(held.jobId());
    }

    @Test
    void aFailureUsesTheAttemptUpAndASnoozeGivesItBack(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        Attempt failed = queue.running().attempt();
        Attempt snoozed = queue.running().attempt();

        assertThat(queue.postpone(Ending.retryable(failed, Duration.ofHours(1), "{\"error\": \"boom\"}")))
                .isTrue();
        assertThat(queue.postpone(Ending.snoozed(snoozed, Duration.ofHours(1), null)))
                .isTrue();

        assertThat(queue.find(failed.jobId()))
                .extracting(JobSnapshot::state, JobSnapshot::attempts, JobSnapshot::failures)
                .containsExactly(JobState.RETRYABLE, 1, "[{\"error\": \"boom\"}]");
        assertThat(queue.find(snoozed.jobId()))
                .extracting(JobSnapshot::state, JobSnapshot::attempts, JobSnapshot::failures)
                .containsExactly(JobState.SNOOZED, 0, "[]");
        assertThat(queue.promote(10)).as("neither is due").isZero();
    }

    @Test
    void aSnoozeNeverExhaustsAJobOfOneAttempt(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        UUID id = queue.jobQueue().enqueue(queue.job().maxAttempts(1)).id();

        for (int round = 1; round <= 3; round++) {
            Attempt attempt = queue.claimOnly(id).attempt();
            assertThat(attempt.number()).isEqualTo(1);
            assertThat(attempt.leaseToken()).isEqualTo(round);
            assertThat(queue.postpone(Ending.snoozed(attempt, Duration.ZERO, null)))
                    .isTrue();
            assertThat(queue.promote(10)).isEqualTo(1);
        }
        assertThat(queue.find(id).state()).isEqualTo(JobState.AVAILABLE);
    }

    @Test
    void theTenNewestFailuresAreKept(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        UUID id = queue.enqueue();
        for (int number = 1; number <= 12; number++) {
            Attempt attempt = queue.claimOnly(id).attempt();
            queue.postpone(Ending.retryable(attempt, Duration.ZERO, "{\"number\": " + number + "}"));
            queue.promote(10);
        }

        List<String> kept = new ArrayList<>();
        for (int number = 3; number <= 12; number++) {
            kept.add("{\"number\": " + number + "}");
        }
        assertThat(queue.find(id).failures()).isEqualTo("[" + String.join(", ", kept) + "]");
    }

    @Test
    void aReleasedJobIsAvailableAtTheEndOfTheLineWithItsAttemptNotCharged(PenstockDatabase database)
            throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        UUID released = queue.enqueue();
        Attempt attempt = queue.claimOnly(released).attempt();
        UUID later = queue.enqueue();

        queue.transact(connection -> CompletionStore.release(connection, queue.leaf(), List.of(attempt)));

        assertThat(queue.find(released).state()).isEqualTo(JobState.AVAILABLE);
        assertThat(queue.find(released).attempts()).isZero();
        assertThat(queue.position(released)).isGreaterThan(queue.position(later));
    }

    @Test
    void aCompletionInAHandlersTransactionSharesItsFate(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        Attempt attempt = queue.running().attempt();
        try (Connection handler = database.connect()) {
            handler.setAutoCommit(false);
            assertThat(CompletionStore.completeInTransaction(handler, queue.leaf(), attempt))
                    .isTrue();
            handler.rollback();
            assertThat(queue.find(attempt.jobId()).state()).isEqualTo(JobState.RUNNING);

            assertThat(CompletionStore.completeInTransaction(handler, queue.leaf(), attempt))
                    .isTrue();
            assertThat(CompletionStore.completeInTransaction(handler, queue.leaf(), attempt))
                    .isFalse();
            handler.commit();
        }
        assertThat(queue.find(attempt.jobId()).state()).isEqualTo(JobState.COMPLETED);
    }
}
