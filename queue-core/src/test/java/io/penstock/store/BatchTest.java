package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import io.penstock.job.BatchSnapshot;
import io.penstock.job.Enqueued;
import io.penstock.job.JobBatch;
import io.penstock.job.JobState;
import io.penstock.job.NewJob;
import io.penstock.job.Uniqueness;
import io.penstock.store.BatchStore.Advance;
import io.penstock.store.BatchStore.Outcome;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** When a batch's next step is enqueued, and when not. */
@PenstockDatabase.Fresh
class BatchTest {

    private final PenstockDatabase database;
    private final QueueUnderTest queue;
    private final QueueUnderTest stepQueue;

    BatchTest(PenstockDatabase database) throws SQLException {
        this.database = database;
        this.queue = new QueueUnderTest(database);
        this.stepQueue = new QueueUnderTest(database);
    }

    private JobBatch batch(int jobs) {
        return JobBatch.of(Stream.generate(queue::job).limit(jobs).toList());
    }

    private Advance advance(JobBatch batch) throws SQLException {
        return queue.transact(connection -> BatchStore.advance(connection, batch.id(), 200));
    }

    private BatchSnapshot find(JobBatch batch) {
        return queue.jobQueue().findBatch(batch.id()).orElseThrow();
    }

    private void complete(UUID id) throws SQLException {
        end(Ending.completed(queue.claimOnly(id).attempt()));
    }

    private void end(Ending ending) throws SQLException {
        assertThat(queue.finish(ending)).isTrue();
    }

    @Test
    void theStepIsEnqueuedOnceWhenTheLastJobHasCompleted() throws SQLException {
        NewJob<QueueUnderTest.Note> step = stepQueue.job("all are done").metadata("asked by", "test");
        JobBatch batch = batch(3).whenCompleted(step);
        List<Enqueued> jobs = queue.jobQueue().enqueue(batch);
        assertThat(advance(batch).outcome()).isEqualTo(Outcome.OPEN);

        List<ClaimedJob> claimed = queue.claim(queue.worker(), 10);
        assertThat(claimed)
                .hasSize(3)
                .allSatisfy(job -> assertThat(job.metadata()).contains("\"penstock.batch\": \"" + batch.id() + "\""));
        for (ClaimedJob job : claimed) {
            assertThat(advance(batch).outcome()).isEqualTo(Outcome.OPEN);
            end(Ending.completed(job.attempt()));
        }
        assertThat(stepQueue.jobQueue().find(step.id())).isEmpty();
        Advance stepped = advance(batch);

        assertThat(stepped.outcome()).isEqualTo(Outcome.STEPPED);
        assertThat(stepped.queueId()).isEqualTo(stepQueue.leaf().queueId());
        assertThat(advance(batch).outcome()).isEqualTo(Outcome.OPEN);
        ClaimedJob last = stepQueue.claimOnly(step.id());
        assertThat(last.payload()).contains("all are done");
        assertThat(last.metadata()).contains("asked by", batch.id().toString());
        assertThat(find(batch))
                .extracting(
                        BatchSnapshot::jobs, BatchSnapshot::completed, BatchSnapshot::stepsLeft, BatchSnapshot::endedAt)
                .containsExactly(4, 3, 0, null);
        stepQueue.finish(Ending.completed(last.attempt()));
        assertThat(advance(batch)).extracting(Advance::outcome, Advance::news).containsExactly(Outcome.ENDED, true);
        assertThat(advance(batch).outcome()).isEqualTo(Outcome.NOTHING);
        assertThat(find(batch).endedAt()).isNotNull();
        assertThat(jobs).allMatch(Enqueued::created);
    }

    @Test
    void aChainGoesFromOneJobToTheNext() throws SQLException {
        NewJob<QueueUnderTest.Note> second = queue.job("second");
        NewJob<QueueUnderTest.Note> third = queue.job("third");
        JobBatch chain = JobBatch.of(queue.job("first")).whenCompleted(second).whenCompleted(third);
        UUID first = queue.jobQueue().enqueue(chain).get(0).id();

        for (UUID id : List.of(first, second.id(), third.id())) {
            assertThat(queue.jobQueue().find(id).map(job -> job.state())).contains(JobState.AVAILABLE);
            complete(id);
            advance(chain);
        }
        assertThat(find(chain))
                .extracting(BatchSnapshot::jobs, BatchSnapshot::completed, BatchSnapshot::stepsLeft)
                .containsExactly(3, 3, 0);
        assertThat(find(chain).endedAt()).isNotNull();
    }

    @Test
    void aDiscardedJobHoldsTheStepUntilItIsRunAgainAndCompletes() throws SQLException {
        NewJob<QueueUnderTest.Note> step = stepQueue.job();
        JobBatch batch = batch(1).whenCompleted(step);
        UUID id = queue.jobQueue().enqueue(batch).get(0).id();
        end(Ending.discarded(queue.claimOnly(id).attempt(), "broken", "{}"));

        assertThat(advance(batch))
                .extracting(Advance::outcome, Advance::news, Advance::job, Advance::step)
                .containsExactly(Outcome.HELD, true, id, "note");
        assertThat(advance(batch)).extracting(Advance::outcome, Advance::news).containsExactly(Outcome.HELD, false);
        assertThat(find(batch).heldBy()).isEqualTo(id);
        queue.jobQueue().retry(id);
        assertThat(advance(batch).outcome()).isEqualTo(Outcome.OPEN);
        assertThat(find(batch).heldBy()).isNull();
        complete(id);

        assertThat(advance(batch).outcome()).isEqualTo(Outcome.STEPPED);
        assertThat(stepQueue.jobQueue().find(step.id())).isPresent();
    }

    @Test
    void aStepThatWaitsForTheEndComesHoweverTheJobsEnded() throws SQLException {
        JobBatch batch = batch(3).whenEnded(stepQueue.job());
        queue.jobQueue().enqueue(batch);
        List<ClaimedJob> claimed = queue.claim(queue.worker(), 10);
        end(Ending.completed(claimed.get(0).attempt()));
        end(Ending.discarded(claimed.get(1).attempt(), "broken", null));
        end(Ending.cancelled(claimed.get(2).attempt(), "not wanted"));

        assertThat(advance(batch).outcome()).isEqualTo(Outcome.STEPPED);
        assertThat(find(batch))
                .extracting(BatchSnapshot::completed, BatchSnapshot::discarded, BatchSnapshot::cancelled)
                .containsExactly(1, 1, 1);
    }

    @Test
    void aJobThatIsToBeRetriedHasNotEnded() throws SQLException {
        JobBatch batch = batch(1).whenEnded(stepQueue.job());
        UUID id = queue.jobQueue().enqueue(batch).get(0).id();
        queue.postpone(Ending.retryable(queue.claimOnly(id).attempt(), Duration.ofHours(1), "{}"));

        assertThat(advance(batch).outcome()).isEqualTo(Outcome.OPEN);
    }

    @Test
    void aBatchIsGivenUpWhenTheJobThatHeldItIsNoLongerKept() throws SQLException {
        NewJob<QueueUnderTest.Note> step = stepQueue.job();
        JobBatch batch = batch(1).whenCompleted(step);
        UUID id = queue.jobQueue().enqueue(batch).get(0).id();
        queue.jobQueue().cancel(id, "not wanted");
        assertThat(advance(batch).outcome()).isEqualTo(Outcome.HELD);
        database.execute("DELETE FROM penstock.finished WHERE id = '" + id + "'");

        assertThat(advance(batch))
                .extracting(Advance::outcome, Advance::news, Advance::job)
                .containsExactly(Outcome.GIVEN_UP, true, id);
        assertThat(advance(batch).outcome()).isEqualTo(Outcome.NOTHING);
        assertThat(stepQueue.jobQueue().find(step.id())).isEmpty();
    }

    @Test
    void aStepThatCannotBeEnqueuedIsTriedAgainAndToldOnce() throws SQLException {
        JobBatch batch = batch(1).whenCompleted(stepQueue.job());
        complete(queue.jobQueue().enqueue(batch).get(0).id());
        String removed = "UPDATE penstock.queue SET removed_at = %s WHERE queue_id = "
                + stepQueue.leaf().queueId();
        database.execute(removed.formatted("penstock.clock()"));

        assertThat(advance(batch)).extracting(Advance::outcome, Advance::news).containsExactly(Outcome.FAILED, true);
        assertThat(advance(batch)).extracting(Advance::outcome, Advance::news).containsExactly(Outcome.FAILED, false);
        assertThat(find(batch).lastError()).contains("expected an existing queue, found none");
        database.execute(removed.formatted("NULL"));

        assertThat(advance(batch).outcome()).isEqualTo(Outcome.STEPPED);
        assertThat(find(batch).lastError()).isNull();
    }

    @Test
    void aStepFollowsItsQueueWhenThatIsRenamed() throws SQLException {
        NewJob<QueueUnderTest.Note> step = stepQueue.job();
        JobBatch batch = batch(1).whenCompleted(step);
        complete(queue.jobQueue().enqueue(batch).get(0).id());
        queue.jobQueue().rename(step.queue(), step.queue() + "-renamed");

        assertThat(advance(batch).outcome()).isEqualTo(Outcome.STEPPED);
        assertThat(queue.find(step.id()).queue()).isEqualTo(step.queue() + "-renamed");
    }

    @Test
    void twoThatAdvanceAtOncePassByEachOther() throws SQLException {
        JobBatch batch = batch(1).whenCompleted(stepQueue.job());
        complete(queue.jobQueue().enqueue(batch).get(0).id());
        try (Connection other = database.connect()) {
            other.setAutoCommit(false);
            assertThat(BatchStore.advance(other, batch.id(), 200).outcome()).isEqualTo(Outcome.STEPPED);

            assertThat(advance(batch).outcome()).isEqualTo(Outcome.BUSY);
            other.rollback();
        }
        assertThat(advance(batch).outcome()).isEqualTo(Outcome.STEPPED);
        assertThat(database.number("SELECT count(*) FROM " + stepQueue.table())).isEqualTo(1);
    }

    @Test
    void manyThatHaveEndedArePassedByInBoundedParts() throws SQLException {
        JobBatch batch = batch(450).whenEnded(stepQueue.job());
        queue.jobQueue().enqueue(batch);
        for (ClaimedJob job : queue.claim(queue.worker(), 500)) {
            end(Ending.completed(job.attempt()));
        }
        assertThat(advance(batch).outcome()).isEqualTo(Outcome.MORE);
        assertThat(find(batch).completed()).isEqualTo(200);
        assertThat(advance(batch).outcome()).isEqualTo(Outcome.MORE);
        assertThat(advance(batch).outcome()).isEqualTo(Outcome.STEPPED);
        assertThat(find(batch).completed()).isEqualTo(450);
    }

    @Test
    void aJobWhoseKeyWasHeldBelongsToTheBatchAsTheOneThereIs() throws SQLException {
        Uniqueness unique = Uniqueness.whileWaitingOrRunning("batch member");
        UUID holder = queue.jobQueue().enqueue(queue.job().unique(unique)).id();
        JobBatch batch = JobBatch.of(queue.job().unique(unique), queue.job().unique(unique))
                .whenCompleted(stepQueue.job());

        assertThat(queue.jobQueue().enqueue(batch)).extracting(Enqueued::id).containsOnly(holder);
        assertThat(find(batch).jobs()).isEqualTo(1);
        assertThat(advance(batch).outcome()).isEqualTo(Outcome.OPEN);
        complete(holder);

        assertThat(advance(batch).outcome()).isEqualTo(Outcome.STEPPED);
    }

    @Test
    void aBatchThatIsRolledBackLeavesNothing() throws SQLException {
        JobBatch batch = batch(2).whenCompleted(stepQueue.job());
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            queue.jobQueue().enqueue(connection, batch);
            connection.rollback();
        }
        assertThat(queue.jobQueue().findBatch(batch.id())).isEmpty();
        assertThat(advance(batch).outcome()).isEqualTo(Outcome.NOTHING);
        assertThat(queue.claim(queue.worker(), 10)).isEmpty();
    }

    @Test
    void oneThatNobodyToldOfIsDueAfterASecondAndOneThatHasEndedIsForgottenAfterAWeek() throws SQLException {
        JobBatch batch = batch(1).whenEnded(stepQueue.job());
        complete(queue.jobQueue().enqueue(batch).get(0).id());
        assertThat(due()).doesNotContain(batch.id());
        pass("2 seconds", batch);
        assertThat(due()).contains(batch.id());

        advance(batch);
        stepQueue.finish(
                Ending.completed(stepQueue.claim(stepQueue.worker(), 1).get(0).attempt()));
        advance(batch);
        pass("6 days", batch);
        assertThat(due()).doesNotContain(batch.id());
        pass("2 days", batch);
        assertThat(due()).contains(batch.id());
        advance(batch);
        assertThat(queue.jobQueue().findBatch(batch.id())).isEmpty();
    }

    private List<UUID> due() throws SQLException {
        return queue.transact(connection -> BatchStore.due(connection, 100));
    }

    private void pass(String time, JobBatch batch) throws SQLException {
        database.execute("UPDATE penstock.batch SET look_at = look_at - interval '" + time + "' WHERE batch_id = '"
                + batch.id() + "'");
    }

    @Test
    void aBatchThatCouldNeverGoOnIsRefusedAsAWhole() throws SQLException {
        assertThatThrownBy(() -> queue.jobQueue().enqueue(batch(1)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("steps of a batch: expected 1 to 100, was 0");
        assertThatThrownBy(() -> JobBatch.of(List.of())).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() ->
                        queue.jobQueue().enqueue(batch(1).whenEnded(queue.job().queue("absent"))))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("step 0: queue \"absent\": expected an existing queue");
        assertThatThrownBy(() ->
                        database.query("SELECT penstock.open_batch(gen_random_uuid(), '[]', '[{\"when\": \"soon\"}]')"))
                .hasMessageContaining("step 0: when: expected \"completed\" or \"ended\", was \"soon\"");
        assertThatThrownBy(() -> database.query(
                        "SELECT penstock.open_batch(gen_random_uuid(), '[]', '[{\"when\": \"ended\"}]')"))
                .hasMessageContaining("step 0: expected a JSON object, was null");
        assertThat(queue.claim(queue.worker(), 10)).isEmpty();
    }
}
