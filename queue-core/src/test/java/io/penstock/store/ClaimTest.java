package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.Priority;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class ClaimTest {

    private static List<UUID> ids(List<ClaimedJob> claimed) {
        return claimed.stream().map(job -> job.attempt().jobId()).toList();
    }

    @Test
    void aClaimTakesByLevelAndThenByPosition(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        List<UUID> expected = new ArrayList<>();
        for (Priority priority : List.of(Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.URGENT)) {
            UUID first =
                    queue.jobQueue().enqueue(queue.job().priority(priority)).id();
            UUID second =
                    queue.jobQueue().enqueue(queue.job().priority(priority)).id();
            expected.addAll(0, List.of(first, second));
        }

        List<ClaimedJob> claimed = queue.claim(queue.worker(), 100);

        assertThat(ids(claimed)).isEqualTo(expected);
        assertThat(claimed)
                .isSortedAccordingTo(
                        Comparator.comparingInt(ClaimedJob::priority).thenComparingLong(ClaimedJob::position));
    }

    @Test
    void aClaimTakesAtMostTheNumberWantedAcrossLevels(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        for (Priority priority : Priority.values()) {
            queue.jobQueue().enqueue(queue.job().priority(priority));
            queue.jobQueue().enqueue(queue.job().priority(priority));
        }
        long worker = queue.worker();

        assertThat(queue.claim(worker, 0)).isEmpty();
        assertThat(queue.claim(worker, 3)).extracting(ClaimedJob::priority).containsExactly(0, 0, 1);
        assertThat(queue.claim(worker, 4)).extracting(ClaimedJob::priority).containsExactly(1, 2, 2, 3);
        assertThat(queue.claim(worker, 4)).extracting(ClaimedJob::priority).containsExactly(3);
    }

    @Test
    void aJobAtOrBelowItsLevelsFloorIsNotSeen(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        List<UUID> normal = queue.enqueue(3);
        UUID low = queue.jobQueue().enqueue(queue.job().priority(Priority.LOW)).id();
        long[] floors = {0, 0, queue.position(normal.get(1)), 0};

        assertThat(ids(queue.claim(queue.worker(), floors, 10))).containsExactly(normal.get(2), low);
    }

    @Test
    void aClaimStartsAnAttemptUnderANewLeaseToken(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        UUID id = queue.jobQueue()
                .enqueue(queue.job().tags("a", "b").concurrencyKey("tenant").metadata("k", "v"))
                .id();

        ClaimedJob claimed = queue.claimOnly(id);

        assertThat(claimed.attempt().generation()).isEqualTo(1);
        assertThat(claimed.attempt().number()).isEqualTo(1);
        assertThat(claimed.attempt().leaseToken()).isEqualTo(1);
        assertThat(claimed.tags()).containsExactly("a", "b");
        assertThat(claimed.concurrencyKey()).isEqualTo("tenant");
        assertThat(claimed.metadata()).isEqualTo("{\"k\": \"v\"}");
        assertThat(claimed.payload()).isEqualTo("{\"text\": \"text\"}");
        assertThat(claimed.claimedAt()).isAfterOrEqualTo(claimed.eligibleAt());
    }

    @Test
    void aFencedWorkerGetsNothing(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        UUID id = queue.enqueue();
        long fenced = queue.worker();
        database.execute("UPDATE penstock.worker SET state = 'lost', lost_at = now() WHERE worker_id = " + fenced);

        assertThat(queue.claim(fenced, 10)).isEmpty();
        assertThat(queue.claim(Long.MAX_VALUE, 10)).isEmpty();
        assertThat(ids(queue.claim(queue.worker(), 10))).containsExactly(id);
    }

    @Test
    void aClaimPassesARowThatIsLocked(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        List<UUID> jobs = queue.enqueue(3);
        try (Connection other = database.connect();
                PreparedStatement lock =
                        other.prepareStatement("SELECT 1 FROM " + queue.table() + " WHERE id = ? FOR UPDATE")) {
            other.setAutoCommit(false);
            lock.setObject(1, jobs.get(0));
            lock.execute();

            assertThat(ids(queue.claim(queue.worker(), 10))).containsExactly(jobs.get(1), jobs.get(2));
            other.rollback();
        }
        assertThat(ids(queue.claim(queue.worker(), 10))).containsExactly(jobs.get(0));
    }

    @Test
    void manyClaimersTakeEveryJobOnce(PenstockDatabase database) throws Exception {
        QueueUnderTest queue = new QueueUnderTest(database);
        List<UUID> jobs = queue.enqueue(2_000);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<List<UUID>>> claimers = new ArrayList<>();
        for (int claimer = 0; claimer < 4; claimer++) {
            long worker = queue.worker();
            claimers.add(threads.submit(() -> {
                List<UUID> mine = new ArrayList<>();
                for (int round = 0; round < 200; round++) {
                    mine.addAll(ids(queue.claim(worker, 50)));
                }
                return mine;
            }));
        }
        List<UUID> taken = new ArrayList<>();
        for (Future<List<UUID>> claimer : claimers) {
            taken.addAll(claimer.get());
        }
        threads.shutdown();

        Set<UUID> distinct = new HashSet<>(taken);
        assertThat(taken).hasSameSizeAs(distinct);
        assertThat(distinct).isEqualTo(new HashSet<>(jobs));
    }
}
