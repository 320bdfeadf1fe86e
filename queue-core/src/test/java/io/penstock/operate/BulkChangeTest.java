package io.penstock.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import io.penstock.job.Attempt;
import io.penstock.job.JobEdit;
import io.penstock.job.JobFilter;
import io.penstock.job.JobState;
import io.penstock.job.Priority;
import io.penstock.operate.BulkChange.Kind;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class BulkChangeTest {

    private static BulkChange of(Kind kind, OperatedQueue queue, boolean dryRun, int perSecond, int most) {
        return new BulkChange(
                kind,
                JobFilter.ALL.inQueue(queue.name),
                kind == Kind.CANCEL || kind == Kind.DISCARD ? "by filter" : null,
                kind == Kind.EDIT ? new JobEdit(null, null, null, Priority.LOW, null) : JobEdit.NONE,
                dryRun,
                perSecond,
                most,
                progress -> {});
    }

    private static long inState(OperatedQueue queue, JobState state) {
        return queue.jobs
                .search(JobFilter.ALL.inQueue(queue.name).inStates(Set.of(state)), 1_000)
                .jobs()
                .size();
    }

    @Test
    void aDryRunCountsAndChangesNothing(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        queue.discarded("boom");
        queue.discarded("boom");

        assertThat(queue.jobs.change(of(Kind.RETRY, queue, true, 1_000, 100))).isEqualTo(new BulkResult(2, 0, 0, null));
        assertThat(inState(queue, JobState.AVAILABLE)).isZero();
    }

    @Test
    void aRedriveRunsEachDiscardedJobOnceAndNoneThatWasRunAgainSince(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        Attempt mended = queue.running(queue.job());
        queue.discard(mended, "E", "boom");
        queue.jobs.retry(mended.jobId());
        queue.complete(queue.claim(1).get(0).attempt());
        List<UUID> discarded = new ArrayList<>();
        for (int number = 0; number < 5; number++) {
            discarded.add(queue.discarded("boom"));
        }

        assertThat(queue.jobs.change(of(Kind.RETRY, queue, false, 1_000, 100)))
                .isEqualTo(new BulkResult(6, 5, 1, null));
        assertThat(queue.jobs.change(of(Kind.RETRY, queue, false, 1_000, 100)))
                .isEqualTo(new BulkResult(6, 0, 6, null));
        assertThat(queue.claim(10)).hasSize(5);
        for (UUID id : discarded) {
            assertThat(queue.audited(id)).containsExactly("retry by ada {\"generation\": 2}");
        }
    }

    @Test
    void aLimitStopsItAndTheRateIsKept(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        queue.jobQueue.enqueue(Stream.generate(queue::job).limit(10).toList());
        long begun = System.nanoTime();

        BulkResult result = queue.jobs.change(of(Kind.CANCEL, queue, false, 10, 4));

        assertThat(result).isEqualTo(new BulkResult(4, 4, 0, "stopped at 4 jobs, there are more"));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(400));
        assertThat(inState(queue, JobState.AVAILABLE)).isEqualTo(6);
    }

    @Test
    void discardAndEditReachWhatWaitsAndWhatIsAvailable(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        queue.enqueue();
        queue.jobQueue.enqueue(queue.job().runIn(Duration.ofHours(1)));

        assertThat(queue.jobs.change(of(Kind.EDIT, queue, false, 1_000, 100)).changed())
                .isGreaterThanOrEqualTo(2);
        assertThat(queue.jobs.search(JobFilter.ALL.inQueue(queue.name), 10).jobs())
                .allSatisfy(job -> assertThat(job.priority()).isEqualTo(Priority.LOW));
        assertThat(queue.jobs.change(of(Kind.DISCARD, queue, false, 1_000, 100)))
                .isEqualTo(new BulkResult(2, 2, 0, null));
        assertThat(inState(queue, JobState.DISCARDED)).isEqualTo(2);
    }

    @Test
    void aStateThatCannotBeChangedLikeThatIsRefused() {
        assertThatThrownBy(() -> new BulkChange(
                        Kind.DISCARD,
                        JobFilter.ALL.inStates(Set.of(JobState.RUNNING)),
                        "r",
                        JobEdit.NONE,
                        false,
                        1,
                        1,
                        progress -> {}))
                .isInstanceOf(RefusedException.class)
                .hasMessage("discard by filter: expected states among scheduled, retryable, snoozed, parked, available,"
                        + " was running");
        assertThatThrownBy(() -> new BulkChange(
                        Kind.EDIT,
                        JobFilter.ALL,
                        null,
                        new JobEdit("{}", null, null, null, null),
                        false,
                        1,
                        1,
                        progress -> {}))
                .hasMessageContaining("anything but a payload");
    }
}
