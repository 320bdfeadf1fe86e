package io.penstock.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.handover.Horizon;
import io.penstock.store.ClaimedJob;
import io.penstock.store.CompletionStore;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** When a queue need not be looked into, because nothing can be there. */
@PenstockDatabase.Fresh
class QueueAtRestTest extends ClaimingTest {

    QueueAtRestTest(PenstockDatabase database) throws SQLException {
        super(database);
    }

    /** As the lane concludes it from a new look of maintenance. */
    private boolean atRest() throws SQLException {
        look();
        return claims.empty(floors.horizon());
    }

    /** Looks in vain, with what has been drawn known from before. */
    private void lookInVain() throws SQLException {
        assertThat(claimJobs(1)).isEmpty();
        now += 1_000_000_000L; // all segments are due
        assertThat(claimJobs(1)).isEmpty();
    }

    /** Looks in vain until it is at rest: what else the server has open, such as an automatic ANALYZE, puts that off until it has ended. */
    private void awaitRest() {
        Awaitility.await("it is at rest").atMost(Duration.ofSeconds(60)).until(() -> {
            lookInVain();
            return atRest();
        });
    }

    private UUID enqueue() {
        return jobQueue.enqueue(type.with(new Nothing())).id();
    }

    @Test
    void aQueueThatWasLookedIntoInVainIsAtRestUntilSomethingIsEnqueued() throws SQLException {
        awaitRest();
        UUID id = enqueue();
        assertThat(atRest()).isFalse();
        assertThat(claimJobs(1)).extracting(job -> job.attempt().jobId()).containsExactly(id);
        awaitRest();
    }

    @Test
    void whoHadDrawnBeforeTheLookAndCommitsAfterItEndsTheRest() throws SQLException {
        try (Connection slow = database.connect()) {
            slow.setAutoCommit(false);
            UUID id = jobQueue.enqueue(slow, type.with(new Nothing())).id();
            awaitRest(); // nothing is there as long as it is open
            slow.commit();
            assertThat(atRest()).isFalse();
            assertThat(claimJobs(1)).extracting(job -> job.attempt().jobId()).containsExactly(id);
        }
    }

    @Test
    void aJobThatIsHeldByAClaimUnderWayKeepsTheQueueFromRest() throws SQLException {
        enqueue();
        try (Connection other = database.connect()) {
            other.setAutoCommit(false);
            try (var statement = other.createStatement()) {
                statement.execute("SELECT FROM penstock.live WHERE queue_id = " + queueId + " FOR UPDATE");
            }
            lookInVain();
            assertThat(atRest()).as("that claim may be rolled back").isFalse();
            other.rollback();
        }
        assertThat(claimJobs(1)).hasSize(1);
    }

    @Test
    void aJobThatIsGivenBackEndsTheRest() throws SQLException {
        enqueue();
        List<ClaimedJob> claimed = claimJobs(1);
        awaitRest();
        link.inTransaction(connection -> CompletionStore.release(
                connection, claimed.get(0).leaf(), List.of(claimed.get(0).attempt())));
        assertThat(atRest()).isFalse();
        assertThat(claimJobs(1)).hasSize(1);
    }

    @Test
    void nothingIsConcludedFromWhatWasReadBeforeTheConnectionWasOpened() throws SQLException {
        awaitRest();
        Horizon before = floors.horizon();
        link.inTransaction(connection -> {
            claims.connected(connection, link.server());
            return connection;
        });
        assertThat(claims.empty(before)).isFalse();
        assertThat(claims.empty(Horizon.NOTHING)).isFalse();
        floors.renew();
        awaitRest();
    }
}
