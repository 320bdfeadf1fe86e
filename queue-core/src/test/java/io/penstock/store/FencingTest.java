package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.Attempt;
import io.penstock.job.JobState;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What names an old generation, attempt or lease token changes nothing. */
@PenstockDatabase.Fresh
class FencingTest {

    private static List<Attempt> staleForms(Attempt current) {
        UUID id = current.jobId();
        return List.of(
                new Attempt(id, current.generation() - 1, current.number(), current.leaseToken()),
                new Attempt(id, current.generation() + 1, current.number(), current.leaseToken()),
                new Attempt(id, current.generation(), current.number() - 1, current.leaseToken()),
                new Attempt(id, current.generation(), current.number() + 1, current.leaseToken()),
                new Attempt(id, current.generation(), current.number(), current.leaseToken() - 1),
                new Attempt(id, current.generation(), current.number(), current.leaseToken() + 1),
                new Attempt(UUID.randomUUID(), current.generation(), current.number(), current.leaseToken()));
    }

    private static String row(PenstockDatabase database, QueueUnderTest queue, UUID id) throws SQLException {
        return database.query("SELECT l::text FROM " + queue.table() + " AS l WHERE id = '" + id + "'")
                .get(0);
    }

    @Test
    void aStaleAttemptCanNeitherFinishNorPostponeNorReleaseNorCompleteInATransaction(PenstockDatabase database)
            throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        Attempt current = queue.running().attempt();
        String before = row(database, queue, current.jobId());

        for (Attempt stale : staleForms(current)) {
            assertThat(queue.finish(Ending.completed(stale)))
                    .as("finish %s", stale)
                    .isFalse();
            assertThat(queue.postpone(Ending.retryable(stale, Duration.ZERO, "{}")))
                    .as("postpone %s", stale)
                    .isFalse();
            assertThat(queue.postpone(Ending.snoozed(stale, Duration.ZERO, null)))
                    .as("snooze %s", stale)
                    .isFalse();
            assertThat(queue.<Boolean>transact(
                            connection -> CompletionStore.release(connection, queue.leaf(), List.of(stale))
                                    .isEmpty()))
                    .as("release %s", stale)
                    .isTrue();
            assertThat(queue.<Boolean>transact(
                            connection -> CompletionStore.completeInTransaction(connection, queue.leaf(), stale)))
                    .as("complete in transaction %s", stale)
                    .isFalse();
        }

        assertThat(row(database, queue, current.jobId())).isEqualTo(before);
        assertThat(queue.finish(Ending.completed(current))).isTrue();
    }

    @Test
    void aLateCompletionWithAnOldLeaseTokenIsRefusedAfterARelease(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        Attempt first = queue.running().attempt();
        queue.transact(connection -> CompletionStore.release(connection, queue.leaf(), List.of(first)));
        Attempt second = queue.claimOnly(first.jobId()).attempt();

        assertThat(second.number()).isEqualTo(first.number());
        assertThat(second.leaseToken()).isEqualTo(first.leaseToken() + 1);
        assertThat(queue.finish(Ending.completed(first))).isFalse();
        assertThat(queue.finish(Ending.completed(second))).isTrue();
    }

    @Test
    void aStaleAndACurrentEndingInOneBatchEndTheJobOnceAsTheCurrentOneSays(PenstockDatabase database)
            throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        Attempt first = queue.running().attempt();
        queue.transact(connection -> CompletionStore.release(connection, queue.leaf(), List.of(first)));
        Attempt second = queue.claimOnly(first.jobId()).attempt();

        queue.transact(connection -> CompletionStore.finish(
                connection,
                queue.leaf(),
                List.of(Ending.discarded(first, "stale", null), Ending.completed(second), Ending.completed(second))));

        assertThat(database.query("SELECT state FROM penstock.finished WHERE id = '" + first.jobId() + "'"))
                .containsExactly("completed");
    }

    @Test
    void aStaleAndACurrentPostponementInOneBatchPostponeTheJobAsTheCurrentOneSays(PenstockDatabase database)
            throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        Attempt first = queue.running().attempt();
        queue.transact(connection -> CompletionStore.release(connection, queue.leaf(), List.of(first)));
        Attempt second = queue.claimOnly(first.jobId()).attempt();

        queue.transact(connection -> CompletionStore.postpone(
                connection,
                queue.leaf(),
                List.of(Ending.snoozed(first, Duration.ZERO, null), Ending.retryable(second, Duration.ZERO, "{}"))));

        assertThat(queue.find(first.jobId()).state()).isEqualTo(JobState.RETRYABLE);
        assertThat(queue.find(first.jobId()).attempts()).isEqualTo(1);
    }
}
