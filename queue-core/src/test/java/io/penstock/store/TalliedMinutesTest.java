package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.objective.DepthGrowthObjective;
import io.penstock.objective.FreshnessObjective;
import io.penstock.objective.LatencyObjective;
import io.penstock.objective.Tally;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Minutes are judged once, merged, and kept by the hour when they are old. */
@PenstockDatabase.Fresh
class TalliedMinutesTest extends TalliedQueue {

    TalliedMinutesTest(PenstockDatabase database) throws SQLException {
        super(database);
    }

    @Test
    void rowsOfAMinuteAreMergedOnceHoweverManyMerge() throws Exception {
        int objective = latency();
        for (int job = 0; job < 40; job++) {
            complete(queue.running().attempt());
        }
        pass(6);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<Integer>> merges = threads.invokeAll(
                    List.of(() -> queue.transact(TallyStore::merge), () -> queue.transact(TallyStore::merge)));
            for (Future<Integer> merge : merges) {
                merge.get();
            }
        } finally {
            threads.shutdown();
        }
        assertThat(counted(objective)).isEqualTo(new Tally(40, 40));
        assertThat(database.number("SELECT count(*) FROM penstock.tally WHERE objective_id = " + objective))
                .isEqualTo(1);
    }

    @Test
    void oldCountsAreKeptByTheHourAndInTheEndNotAtAll() throws SQLException {
        int objective =
                declare(LatencyObjective.of(queue.job().queue(), WITHIN, 0.99).over(3));
        database.execute(
                "INSERT INTO penstock.tally SELECT " + objective
                        + ", date_bin('1 minute', penstock.clock() - n * interval '7 min', 'epoch'), 10, 9 FROM generate_series(0, 822) AS n");
        Tally before = queue.transact(connection -> TallyStore.tallies(connection, List.of(0)))
                .of(objective, 0);
        assertThat(queue.transact(TallyStore::thin)).isPositive();
        assertThat(queue.transact(TallyStore::thin)).isZero();
        Tally after = queue.transact(connection -> TallyStore.tallies(connection, List.of(0)))
                .of(objective, 0);
        assertThat(after.total())
                .as("the period's first hour is cut at its beginning")
                .isBetween(before.total() - 90, before.total());
        assertThat(database.number("SELECT count(*) FROM penstock.tally WHERE objective_id = " + objective))
                .isLessThan(2 * 1440 / 7 + 60);
    }

    @Test
    void aFreshJobHasProvenThatItDidSomething() throws SQLException {
        int objective = declare(FreshnessObjective.of(queue.job().queue(), "note", Duration.ofMinutes(10), "bytes")
                .atLeast(1_000));
        complete(queue.running().attempt());
        queue.finish(Ending.completed(queue.running().attempt(), "{\"bytes\": 0}"));
        queue.finish(Ending.completed(queue.running().attempt(), "{\"rows\": 5000}"));
        queue.finish(Ending.completed(queue.running().attempt(), "\"saved\""));
        pass(15 * 60);
        assertThat(queue.transact(TallyStore::judgeMinutes)).isPositive();
        assertThat(counted(objective))
                .as("ten minutes of grace, five without a proof")
                .isEqualTo(new Tally(15, 10));
        queue.finish(Ending.completed(queue.running().attempt(), "{\"bytes\": 1000}"));
        pass(10 * 60);
        assertThat(queue.transact(TallyStore::judgeMinutes)).isPositive();
        assertThat(queue.transact(TallyStore::judgeMinutes)).isZero();
        assertThat(counted(objective)).isEqualTo(new Tally(25, 20));
    }

    @Test
    void aQueueGrowsByTheDifferenceOfItsDepths() throws SQLException {
        int objective = declare(DepthGrowthObjective.of(queue.job().queue(), 60, 0.99));
        for (int depth : List.of(0, 60, 200, 150)) {
            queue.transact(connection -> {
                SampleStore.write(
                        connection,
                        List.of(new SampleStore.Level(queue.leaf().queueId(), 0, new SampleStore.Depth(depth, null))));
                return depth;
            });
            pass(60);
        }
        queue.transact(TallyStore::judgeMinutes);
        assertThat(counted(objective)).isEqualTo(new Tally(4, 3));
    }
}
