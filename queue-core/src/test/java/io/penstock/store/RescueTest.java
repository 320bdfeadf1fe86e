package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.JobSnapshot;
import io.penstock.job.JobState;
import io.penstock.job.Priority;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class RescueTest {

    private static final String FAILURE = "{\"error\": \"worker lost\"}";
    private static final long[] EVERYTHING = {1_000, 1_000, 1_000, 1_000};

    private static int rescue(QueueUnderTest queue, long worker, long[] ceilings) throws SQLException {
        return queue.transact(connection -> WorkerStore.rescue(
                connection, queue.leaf(), new Range(QueueUnderTest.NO_FLOORS, ceilings), worker, FAILURE));
    }

    @Test
    void whatALostWorkerRanIsAvailableAgainAtTheEndOfTheLine(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        UUID lost = queue.enqueue();
        long worker = queue.worker();
        ClaimedJob claimed = queue.claim(worker, 1).get(0);
        UUID later = queue.enqueue();

        assertThat(rescue(queue, worker, EVERYTHING)).isEqualTo(1);

        assertThat(queue.find(lost))
                .extracting(JobSnapshot::state, JobSnapshot::attempts, JobSnapshot::failures)
                .containsExactly(JobState.AVAILABLE, 1, "[" + FAILURE + "]");
        assertThat(queue.position(lost)).isGreaterThan(queue.position(later));
        assertThat(queue.finish(Ending.completed(claimed.attempt())))
                .as("the lost attempt ends late")
                .isFalse();
        assertThat(rescue(queue, worker, EVERYTHING))
                .as("nothing is left to rescue")
                .isZero();
    }

    @Test
    void aLastAttemptIsDiscardedWithItsReason(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        UUID id = queue.jobQueue()
                .enqueue(queue.job().maxAttempts(1).priority(Priority.URGENT))
                .id();
        long worker = queue.worker();
        queue.claim(worker, 1);

        assertThat(rescue(queue, worker, EVERYTHING)).isEqualTo(1);

        assertThat(queue.find(id))
                .extracting(JobSnapshot::state, JobSnapshot::reason, JobSnapshot::failures)
                .containsExactly(
                        JobState.DISCARDED, "its worker was lost during the last attempt", "[" + FAILURE + "]");
    }

    @Test
    void theJobsOfOtherWorkersAreLeftAlone(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        queue.enqueue(2);
        long lost = queue.worker();
        long alive = queue.worker();
        queue.claim(lost, 1);
        UUID kept = queue.claim(alive, 1).get(0).attempt().jobId();

        assertThat(rescue(queue, lost, EVERYTHING)).isEqualTo(1);
        assertThat(queue.find(kept).state()).isEqualTo(JobState.RUNNING);
    }

    @Test
    void aRescueReadsUpToTheCeilingOfEachLevel(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        List<UUID> jobs = queue.enqueue(3);
        long worker = queue.worker();
        queue.claim(worker, 3);
        long[] ceilings = new long[Priority.LEVELS];
        ceilings[Priority.NORMAL.level()] = queue.position(jobs.get(1));

        assertThat(rescue(queue, worker, ceilings)).isEqualTo(2);
        assertThat(queue.find(jobs.get(2)).state()).isEqualTo(JobState.RUNNING);
    }

    @Test
    void aCeilingOnlyRises(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        int queueId = queue.leaf().queueId();

        assertThat(queue.<Long>transact(connection -> ClaimStore.raiseCeiling(connection, queueId, 2, 500)))
                .isEqualTo(500);
        assertThat(queue.<Long>transact(connection -> ClaimStore.raiseCeiling(connection, queueId, 2, 400)))
                .isEqualTo(500);
        assertThat(queue.<long[]>transact(connection -> ClaimStore.ceilings(connection, queueId)))
                .containsExactly(0, 0, 500, 0);
    }

    @Test
    void aWorkerThatBeatSinceItWasSeenIsNotFenced(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        long observer = queue.worker();
        long observed =
                queue.transact(connection -> WorkerStore.register(connection, "observed", Duration.ofSeconds(15)));
        WorkerStore.WorkerSeen seen = queue.transact(connection -> WorkerStore.others(connection, observer)).stream()
                .filter(worker -> worker.workerId() == observed)
                .findFirst()
                .orElseThrow();

        assertThat(queue.transact(connection -> WorkerStore.beat(connection, observed, false))
                        .alive())
                .isTrue();
        assertThat(queue.<Boolean>transact(connection -> WorkerStore.fence(connection, seen)))
                .isFalse();

        WorkerStore.WorkerSeen again = queue.transact(connection -> WorkerStore.others(connection, observer)).stream()
                .filter(worker -> worker.workerId() == observed)
                .findFirst()
                .orElseThrow();
        assertThat(queue.<Boolean>transact(connection -> WorkerStore.fence(connection, again)))
                .isTrue();
        assertThat(queue.transact(connection -> WorkerStore.beat(connection, observed, false))
                        .alive())
                .isFalse();
    }
}
