package io.penstock.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.job.JobType;
import io.penstock.job.Limits;
import io.penstock.job.Priority;
import io.penstock.job.QueueDefinition;
import io.penstock.store.ClaimedJob;
import io.penstock.store.CompletionStore;
import io.penstock.store.Ending;
import io.penstock.store.Leaf;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class SegmentKeeperTest extends ClaimingTest {

    private final SegmentKeeper segments;

    SegmentKeeperTest(PenstockDatabase database) throws SQLException {
        super(database);
        this.segments = new SegmentKeeper(link, floors);
    }

    private UUID enqueue() {
        return jobQueue.enqueue(type.with(new Nothing())).id();
    }

    private void complete(List<ClaimedJob> jobs) throws SQLException {
        for (ClaimedJob job : jobs) {
            link.inTransaction(connection ->
                    CompletionStore.finish(connection, job.leaf(), List.of(Ending.completed(job.attempt()))));
        }
    }

    /** A second later. */
    private void keep() throws SQLException {
        look();
        now += 1_000_000_000L;
        segments.run(now);
    }

    private long writeSegment() throws SQLException {
        return database.number("SELECT write_segment FROM penstock.queue WHERE queue_id = " + queueId);
    }

    private long size(int segment) throws SQLException {
        return database.number("SELECT pg_relation_size('penstock.live_q" + queueId + "_s" + segment + "')");
    }

    /** As if so many had been drawn by others. */
    private void fillSegment() throws SQLException {
        database.execute("SELECT setval('penstock.position_q" + queueId + "', currval + "
                + Limits.SEGMENT_POSITIONS + ") FROM (SELECT last_value AS currval FROM penstock.position_q" + queueId
                + ") AS s");
    }

    @Test
    void enqueuersAreMovedOnAndTheSegmentLeftBehindIsEmptiedOnceItIsDrained() throws SQLException {
        UUID before = enqueue();
        keep();
        assertThat(writeSegment()).isZero();
        fillSegment();
        keep();
        long second = writeSegment();
        assertThat(second).isNotZero();

        UUID after = enqueue();
        List<ClaimedJob> first = claimJobs(1);
        assertThat(first).extracting(job -> job.attempt().jobId()).containsExactly(before);
        keep();
        assertThat(size(0)).as("still running in it").isPositive();
        complete(first);
        keep();
        assertThat(size(0)).isZero();
        assertThat(claimJobs(5)).extracting(job -> job.attempt().jobId()).containsExactly(after);
    }

    @Test
    void aLevelGoesBeforeThoseBelowItWhateverSegmentItsJobsAreIn() throws SQLException {
        List<UUID> expected = new ArrayList<>();
        UUID normal = enqueue();
        UUID low = jobQueue.enqueue(type.with(new Nothing()).priority(Priority.LOW))
                .id();
        fillSegment();
        keep();
        UUID laterNormal = enqueue();
        UUID urgent = jobQueue.enqueue(type.with(new Nothing()).priority(Priority.URGENT))
                .id();
        UUID laterLow = jobQueue.enqueue(type.with(new Nothing()).priority(Priority.LOW))
                .id();
        expected.addAll(List.of(urgent, normal, laterNormal, low, laterLow));

        List<UUID> order = new ArrayList<>();
        for (int job = 0; job < 5; job++) {
            claimJobs(1).forEach(claimed -> order.add(claimed.attempt().jobId()));
        }
        assertThat(order).isEqualTo(expected);
    }

    @Test
    void oneClaimTakesFromEverySegmentInThatOrder() throws SQLException {
        for (int segment = 0; segment < 3; segment++) {
            for (Priority priority : List.of(Priority.LOW, Priority.URGENT)) {
                jobQueue.enqueue(type.with(new Nothing()).priority(priority));
                enqueue();
            }
            fillSegment();
            keep();
        }
        List<ClaimedJob> firstSeven = claimJobs(7);
        assertThat(firstSeven).hasSize(7);
        assertThat(firstSeven).filteredOn(job -> job.priority() == 0).hasSize(3);
        assertThat(firstSeven).filteredOn(job -> job.priority() == 2).hasSize(4);
        assertThat(claimJobs(10)).hasSize(5);
        assertThat(claimJobs(10)).isEmpty();
    }

    @Test
    void aJobThatCommitsLateIntoASegmentLeftBehindIsNeitherLostNorStranded() throws SQLException {
        UUID late;
        try (Connection slow = database.connect()) {
            slow.setAutoCommit(false);
            late = jobQueue.enqueue(slow, type.with(new Nothing())).id();
            fillSegment();
            keep();
            assertThat(writeSegment()).isNotZero();
            complete(claimJobs(5));
            assertThatThrownBy(this::keep).isInstanceOf(SQLException.class).hasMessageContaining("lock timeout");
            slow.commit();
        }
        now += 1_000_000_000L; // the pause after a lock that was not free
        keep();
        List<ClaimedJob> claimed = claimJobs(5);
        assertThat(claimed).extracting(job -> job.attempt().jobId()).containsExactly(late);
        complete(claimed);
        keep();
        assertThat(size(0)).isZero();
    }

    @Test
    void aSegmentThatIsLockedKeepsNoJobsOfAnother() throws SQLException {
        claimJobs(1);
        UUID id = enqueue();
        try (Connection lock = database.connect();
                var statement = lock.createStatement()) {
            lock.setAutoCommit(false);
            statement.execute("LOCK TABLE penstock.live_q" + queueId + "_s2 IN ACCESS EXCLUSIVE MODE");
            now += 1_000_000_000L; // time to look into all of them
            assertThatThrownBy(() -> claimJobs(1)).hasMessageContaining("lock timeout");
            assertThat(claimJobs(1)).extracting(job -> job.attempt().jobId()).containsExactly(id);
            lock.rollback();
        }
    }

    @Test
    void theFloorsOfALeafAreWhereItsJobsBeginForAConnectionOpenedBefore() throws SQLException {
        Leaf leaf = new Leaf(queueId, 0);
        for (int job = 0; job < 10; job++) {
            enqueue();
        }
        List<ClaimedJob> claimed = claimJobs(5);
        complete(claimed.subList(0, 4));
        keep();

        assertThat(segments.floors(leaf, link.server(), link.openedAt())[2])
                .isEqualTo(claimed.get(3).position());
        assertThat(segments.floors(leaf, link.server(), System.nanoTime())).containsOnly(0);
    }

    @Test
    void aQueueThatIsLockedKeepsNoOtherFromBeingEmptied() throws SQLException {
        enqueue();
        complete(claimJobs(1));
        fillSegment();
        JobType<Nothing> other = JobType.of("nothing", Nothing.class).onQueue(type.queue() + "-other");
        jobQueue.declare(QueueDefinition.of(other.queue(), 0, 8, 1));
        try (Connection lock = database.connect();
                var statement = lock.createStatement()) {
            lock.setAutoCommit(false);
            statement.execute("LOCK TABLE penstock.live_q"
                    + database.number("SELECT queue_id FROM penstock.queue WHERE name = '" + other.queue() + "'")
                    + "_s1 IN ACCESS EXCLUSIVE MODE");
            keepIgnoringLocks();
            assertThat(writeSegment()).isNotZero();
            keepIgnoringLocks();
            assertThat(size(0)).isZero();
            lock.rollback();
        }
    }

    private void keepIgnoringLocks() throws SQLException {
        try {
            keep();
        } catch (SQLException failure) {
            assertThat(failure.getMessage()).contains("timeout");
        }
    }
}
