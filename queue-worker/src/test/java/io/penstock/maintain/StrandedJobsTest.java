package io.penstock.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.handover.Horizon;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The first property of the claim floor: no job is ever stranded below it, in whatever order enqueues commit. */
@PenstockDatabase.Fresh
class StrandedJobsTest extends ClaimingTest {

    StrandedJobsTest(PenstockDatabase database) throws SQLException {
        super(database);
    }

    private List<UUID> claim(int wanted) throws SQLException {
        return claimJobs(wanted).stream().map(job -> job.attempt().jobId()).toList();
    }

    @Test
    void aJobThatDrewItsPositionEarlyAndCommittedLateIsClaimed() throws SQLException {
        try (Connection slow = database.connect()) {
            slow.setAutoCommit(false);
            UUID early = jobQueue.enqueue(slow, type.with(new Nothing())).id();
            for (int round = 0; round < 20; round++) {
                UUID quick = jobQueue.enqueue(type.with(new Nothing())).id();
                assertThat(claim(1)).containsExactly(quick);
                assertThat(claim(1)).isEmpty();
            }
            slow.commit();
            assertThat(claim(1)).containsExactly(early);
        }
    }

    @Test
    void whatATransactionMayStillAddIsKnownFromBeforeItsFirstPosition() throws SQLException {
        jobQueue.enqueue(type.with(new Nothing()));
        look();
        try (Connection slow = database.connect()) {
            slow.setAutoCommit(false);
            jobQueue.enqueue(slow, type.with(new Nothing()));
            long transaction = transactionOf(slow);
            jobQueue.enqueue(type.with(new Nothing()));
            Horizon open = Awaitility.await("no other is open, such as an automatic ANALYZE")
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            () -> {
                                look();
                                return floors.horizon();
                            },
                            horizon -> horizon.open().keySet().equals(Set.of(transaction)));
            assertThat(open.drawn().position(queueId)).isEqualTo(3);
            jobQueue.enqueue(type.with(new Nothing()));
            look();
            assertThat(floors.horizon().reopened(open, queueId)).isEqualTo(Long.MAX_VALUE);
            slow.commit();
            look();
            assertThat(floors.horizon().reopened(open, queueId)).isEqualTo(1);
        }
    }

    private static long transactionOf(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT pg_current_xact_id()")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void aClaimThatIsRolledBackStrandsNothing() throws SQLException {
        List<UUID> enqueued = new ArrayList<>();
        for (int job = 0; job < 10; job++) {
            enqueued.add(jobQueue.enqueue(type.with(new Nothing())).id());
        }
        try (Connection other = database.connect()) {
            other.setAutoCommit(false);
            try (var statement = other.createStatement()) {
                statement.execute("SELECT id FROM penstock.live WHERE position <= 5 AND queue_id = (SELECT queue_id"
                        + " FROM penstock.queue WHERE name = '" + type.queue() + "') FOR UPDATE");
            }
            assertThat(claim(10)).containsExactlyInAnyOrderElementsOf(enqueued.subList(5, 10));
            for (int round = 0; round < 10; round++) {
                assertThat(claim(10)).isEmpty();
            }
            other.rollback();
        }
        assertThat(claim(10)).containsExactlyElementsOf(enqueued.subList(0, 5));
    }

    @Test
    void inWhateverOrderTransactionsEndEveryCommittedJobIsClaimedOnceAndNoOther() throws SQLException {
        Random random = new Random(7);
        List<UUID> committed = new ArrayList<>();
        List<UUID> claimed = new ArrayList<>();
        List<Connection> open = new ArrayList<>();
        List<List<UUID>> inOpen = new ArrayList<>();
        for (int step = 0; step < 600; step++) {
            int action = random.nextInt(10);
            if (action < 3 && open.size() < 8) {
                Connection connection = database.connect();
                connection.setAutoCommit(false);
                open.add(connection);
                inOpen.add(new ArrayList<>());
            } else if (action < 7 && !open.isEmpty()) {
                int chosen = random.nextInt(open.size());
                Savepoint savepoint = open.get(chosen).setSavepoint();
                UUID id = jobQueue.enqueue(open.get(chosen), type.with(new Nothing()))
                        .id();
                if (random.nextInt(4) == 0) {
                    open.get(chosen).rollback(savepoint);
                } else {
                    inOpen.get(chosen).add(id);
                }
            } else if (action == 7 && !open.isEmpty()) {
                end(open, inOpen, random.nextInt(open.size()), random.nextInt(3) > 0, committed);
            } else {
                claimed.addAll(claim(1 + random.nextInt(3)));
            }
        }
        while (!open.isEmpty()) {
            end(open, inOpen, 0, true, committed);
        }
        for (List<UUID> more = claim(50); !more.isEmpty(); more = claim(50)) {
            claimed.addAll(more);
        }
        assertThat(claimed).containsExactlyInAnyOrderElementsOf(committed);
    }

    private static void end(
            List<Connection> open, List<List<UUID>> inOpen, int chosen, boolean commit, List<UUID> committed)
            throws SQLException {
        try (Connection connection = open.remove(chosen)) {
            List<UUID> ids = inOpen.remove(chosen);
            if (commit) {
                connection.commit();
                committed.addAll(ids);
            } else {
                connection.rollback();
            }
        }
    }
}
