package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.database.Pipeline;
import io.penstock.job.Attempt;
import io.penstock.objective.LatencyObjective;
import io.penstock.objective.SuccessObjective;
import io.penstock.objective.Tally;
import io.penstock.objective.WaitObjective;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.StillClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Each job counts once for an objective, in the minute of its deadline. */
@PenstockDatabase.Fresh
class TallyTest extends TalliedQueue {

    TallyTest(PenstockDatabase database) throws SQLException {
        super(database);
    }

    @Test
    void aJobCountsInTheMinuteOfItsDeadlineAndNotBefore() throws SQLException {
        int objective = declare(LatencyObjective.of(queue.job().queue(), Duration.ofMinutes(2), 0.99));
        complete(queue.running().attempt());
        assertThat(counted(objective)).isEqualTo(Tally.NOTHING);
        pass(120);
        assertThat(counted(objective)).isEqualTo(new Tally(1, 1));
        assertThat(database.query(
                        "SELECT minute AT TIME ZONE 'UTC' FROM penstock.tally WHERE objective_id = " + objective))
                .containsExactly(StillClock.TODAY + " 12:02:00");
    }

    @Test
    void whatEndsInTimeIsGoodAndWhatEndsLateOrIsDiscardedIsNot() throws SQLException {
        int objective = latency();
        int success = declare(SuccessObjective.of(queue.job().queue(), 0.99));
        Attempt late = queue.running().attempt();
        Attempt cancelledLate = queue.running().attempt();
        pass(6);
        complete(late);
        queue.finish(Ending.cancelled(cancelledLate, "too late"));
        complete(queue.running().attempt());
        queue.finish(Ending.discarded(queue.running().attempt(), "no use", null));
        queue.finish(Ending.cancelled(queue.running().attempt(), "in time"));
        pass(5);
        assertThat(counted(objective)).isEqualTo(new Tally(4, 1));
        assertThat(counted(success)).as("cancelled ones count nowhere").isEqualTo(new Tally(3, 2));
    }

    @Test
    void whatIsLateAndHasNotEndedCountsAtOnceAndNotAgainWhenItEnds() throws SQLException {
        int objective = latency();
        Attempt running = queue.running().attempt();
        UUID available = queue.enqueue();
        pass(5);
        assertThat(mark(objective)).as("at the deadline nothing is late").isZero();
        pass(1);
        assertThat(mark(objective)).isEqualTo(2);
        assertThat(mark(objective)).isZero();
        assertThat(counted(objective)).isEqualTo(new Tally(2, 0));
        complete(running);
        Attempt other = queue.claimOnly(available).attempt();
        queue.finish(Ending.discarded(other, "no use", null));
        assertThat(counted(objective)).isEqualTo(new Tally(2, 0));
    }

    @Test
    void aJobThatIsPutOffKeepsItsDeadlineAndItsMark() throws SQLException {
        int objective = latency();
        Attempt marked = queue.running().attempt();
        pass(6);
        assertThat(mark(objective)).isEqualTo(1);
        queue.postpone(Ending.retryable(marked, Duration.ofSeconds(1), "{\"error\": \"boom\"}"));
        assertThat(mark(objective)).as("it waits, and has its mark").isZero();
        pass(1);
        assertThat(queue.promote(10)).isEqualTo(1);
        assertThat(mark(objective)).isZero();
        complete(queue.claimOnly(marked.jobId()).attempt());
        assertThat(counted(objective)).isEqualTo(new Tally(1, 0));

        Attempt snoozed = queue.running().attempt();
        queue.postpone(Ending.snoozed(snoozed, Duration.ofHours(1), null));
        pass(6);
        assertThat(mark(objective)).as("snoozes do not move a deadline").isEqualTo(1);
        assertThat(counted(objective)).isEqualTo(new Tally(2, 0));
    }

    @Test
    void aParkedJobKeepsItsMarkWhenItIsTaken() throws SQLException {
        int objective = latency();
        queue.jobQueue().enqueue(queue.job().concurrencyKey("acme"));
        ClaimedJob claimed = queue.claim(queue.worker(), 1).get(0);
        pass(6);
        assertThat(mark(objective)).isEqualTo(1);
        queue.transact(connection -> {
            Pipeline pipeline = new Pipeline();
            KeyStore.park(pipeline, connection, queue.leaf(), List.of(claimed), null);
            pipeline.run(connection);
            return claimed;
        });
        database.execute(
                "SELECT penstock.take_parked(" + queue.leaf().queueId() + ", " + queue.worker() + ", 1, '', 9)");
        assertThat(database.number("SELECT counted FROM penstock.live WHERE id = '"
                        + claimed.attempt().jobId() + "'"))
                .isEqualTo(1);
    }

    @Test
    void aScheduledJobHasItsDeadlineAfterItsTime() throws SQLException {
        int objective = latency();
        queue.jobQueue().enqueue(queue.job().runIn(Duration.ofSeconds(60)));
        pass(60);
        assertThat(mark(objective)).isZero();
        pass(6);
        assertThat(mark(objective)).isEqualTo(1);
    }

    @Test
    void whatIsBeingEndedIsLeftToItsEndAndFoundAgainIfThatFails() throws SQLException {
        int objective = latency();
        Attempt attempt = queue.running().attempt();
        pass(6);
        try (Connection ending = database.connect()) {
            ending.setAutoCommit(false);
            assertThat(CompletionStore.finish(ending, queue.leaf(), List.of(Ending.completed(attempt))))
                    .hasSize(1);
            assertThat(mark(objective)).isZero();
            ending.rollback();
        }
        assertThat(counted(objective)).isEqualTo(Tally.NOTHING);
        assertThat(mark(objective)).isEqualTo(1);
        complete(attempt);
        assertThat(counted(objective)).isEqualTo(new Tally(1, 0));
    }

    @Test
    void anEndInAHandlersTransactionCountsWithIt() throws SQLException {
        int objective = latency();
        Attempt attempt = queue.running().attempt();
        queue.transact(connection -> CompletionStore.completeInTransaction(connection, queue.leaf(), attempt));
        UUID waiting = queue.jobQueue()
                .enqueue(queue.job().runIn(Duration.ofSeconds(1)))
                .id();
        UUID available = queue.enqueue();
        pass(7);
        queue.jobQueue().cancel(waiting, "late");
        queue.jobQueue().cancel(available, "late");
        assertThat(counted(objective)).isEqualTo(new Tally(3, 1));
    }

    @Test
    void whatAQueueKeepsForNoDayCountsAllTheSame() throws SQLException {
        int objective = latency();
        database.execute("UPDATE penstock.queue SET keep_completed = 0, keep_failed = 0 WHERE queue_id = "
                + queue.leaf().queueId());
        complete(queue.running().attempt());
        queue.finish(Ending.discarded(queue.running().attempt(), "no use", null));
        pass(6);
        assertThat(counted(objective)).isEqualTo(new Tally(2, 1));
    }

    @Test
    void onlyJobsOfTheTypeCount() throws SQLException {
        int of = declare(LatencyObjective.of(queue.job().queue(), WITHIN, 0.99).ofType("note"));
        int other =
                declare(LatencyObjective.of(queue.job().queue(), WITHIN, 0.99).ofType("step"));
        complete(queue.running().attempt());
        queue.enqueue();
        pass(6);
        assertThat(mark(of)).isEqualTo(1);
        assertThat(mark(other)).isZero();
        assertThat(counted(of)).isEqualTo(new Tally(2, 1));
        assertThat(counted(other)).isEqualTo(Tally.NOTHING);
    }

    @Test
    void aWaitIsOverWithTheFirstClaim() throws SQLException {
        int objective = declare(WaitObjective.of(queue.job().queue(), WITHIN, 0.99));
        Attempt inTime = queue.running().attempt();
        queue.enqueue(2);
        pass(6);
        assertThat(mark(objective)).isEqualTo(2);
        queue.finish(Ending.discarded(inTime, "ran long", null));
        complete(queue.claim(queue.worker(), 1).get(0).attempt());
        assertThat(counted(objective)).isEqualTo(new Tally(3, 1));
    }

    @Test
    void whoeverIsFasterEachJobCountsOnce() throws Exception {
        int objective = latency();
        queue.enqueue(1_000);
        pass(6);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            Future<Integer> marking = threads.submit(() -> {
                int marked = 0;
                for (int look = 0; look < 400; look++) {
                    marked += markLate(queue.leaf(), objective).jobs();
                }
                return marked;
            });
            List<Future<Integer>> completing = List.of(threads.submit(() -> drain(1)), threads.submit(() -> drain(2)));
            int completed = completing.get(0).get() + completing.get(1).get();
            marking.get();
            assertThat(completed).isEqualTo(1_000);
        } finally {
            threads.shutdown();
        }
        assertThat(counted(objective)).isEqualTo(new Tally(1_000, 0));
    }

    /** Claims and completes until nothing is left; what somebody holds is tried again. Every fifth transaction is rolled back first. */
    private int drain(long seed) throws SQLException {
        Random random = new Random(seed);
        long worker = queue.worker();
        int completed = 0;
        while (true) {
            List<ClaimedJob> claimed = queue.claim(worker, 1 + random.nextInt(20));
            if (claimed.isEmpty()
                    && database.number("SELECT count(*) FROM " + queue.table() + " WHERE state = 'available'") == 0) {
                return completed;
            }
            List<Ending> left = new ArrayList<>(
                    claimed.stream().map(job -> Ending.completed(job.attempt())).toList());
            while (!left.isEmpty()) {
                boolean lost = random.nextInt(5) == 0;
                try (Connection connection = database.connect()) {
                    connection.setAutoCommit(false);
                    Set<UUID> ended = CompletionStore.finish(connection, queue.leaf(), left);
                    if (lost) {
                        connection.rollback();
                    } else {
                        connection.commit();
                        completed += ended.size();
                        left.removeIf(ending -> ended.contains(ending.attempt().jobId()));
                    }
                }
            }
        }
    }
}
