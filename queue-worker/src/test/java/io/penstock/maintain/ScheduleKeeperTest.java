package io.penstock.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.connect.Link;
import io.penstock.connect.Turns;
import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent.ScheduleFired;
import io.penstock.observe.WorkerEvent.TicksSkipped;
import io.penstock.schedule.CatchUp;
import io.penstock.schedule.Cron;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When ticks are made, which of those that were missed, and that each is made once. */
@PenstockDatabase.Fresh
class ScheduleKeeperTest extends ScheduledTest {

    ScheduleKeeperTest(PenstockDatabase database) throws SQLException {
        super(database);
    }

    @Test
    void aTickIsMadeWhenItIsDueAndOnceOnly() throws SQLException {
        declare("s", SECONDLY, CatchUp.ONCE);
        assertThat(ticks("s")).isEmpty();
        clock(0.999);
        round();
        assertThat(ticks("s")).isEmpty();
        clock(1);
        round();
        round();
        assertThat(ticks("s")).containsExactly(iso(1));
        assertThat(woken).containsExactly(queueId);
        assertThat(told(ScheduleFired.class))
                .containsExactly(new ScheduleFired("s", type.queue(), 1, second(1), Duration.ZERO));
        assertThat(database.query("SELECT key FROM penstock.idempotency"))
                .containsExactly("schedule/s/2030-01-01T00:00:01.000Z");
    }

    @Test
    void theMaintainerSleepsTowardsTheNextTickAndWakesNobodyWithoutOne() throws SQLException {
        lookAround();
        assertThat(keeper.untilDue(System.nanoTime())).as("no schedules").isEqualTo(Long.MAX_VALUE);
        declare("s", SECONDLY, CatchUp.ONCE);
        clock(0.95);
        lookAround();
        assertThat(keeper.untilDue(System.nanoTime()))
                .isBetween(0L, Duration.ofMillis(50).toNanos());
        clock(0.5);
        lookAround();
        assertThat(keeper.untilDue(System.nanoTime()))
                .isBetween(1L, Duration.ofMillis(500).toNanos());
        clock(1.001);
        lookAround();
        assertThat(keeper.untilDue(System.nanoTime())).as("due").isZero();
    }

    @Test
    void afterAnOutageThePolicyDecides() throws SQLException {
        declare("none", SECONDLY, CatchUp.NONE);
        declare("once", SECONDLY, CatchUp.ONCE);
        declare("all", SECONDLY, CatchUp.ALL);
        declare("daily", Cron.utc("0 0 3 * * *"), CatchUp.NONE);
        clock(5 + 3 * 3_600 + 0.5);
        for (int round = 0; round < 110; round++) {
            round();
        }
        assertThat(ticks("none")).containsExactly(iso(3 * 3_600 + 5));
        assertThat(ticks("once")).containsExactly(iso(3 * 3_600 + 5));
        assertThat(ticks("all"))
                .hasSize(3 * 3_600 + 5)
                .startsWith(iso(1))
                .endsWith(iso(3 * 3_600 + 5))
                .doesNotHaveDuplicates();
        assertThat(ticks("daily")).as("five seconds late").hasSize(1);
        assertThat(told(TicksSkipped.class))
                .contains(new TicksSkipped("once", second(1), second(3 * 3_600 + 5)))
                .noneMatch(skipped -> skipped.schedule().equals("all"));
    }

    @Test
    void aClockThatIsSetBackRepeatsNoTick() throws SQLException {
        declare("s", SECONDLY, CatchUp.ALL);
        clock(3);
        round();
        assertThat(ticks("s")).hasSize(3);
        clock(1);
        round();
        schedules.pause("s");
        schedules.resume("s");
        round();
        clock(3);
        round();
        assertThat(ticks("s")).hasSize(3);
        clock(4);
        round();
        assertThat(ticks("s")).containsExactly(iso(1), iso(2), iso(3), iso(4));
    }

    @Test
    void theIdempotencyKeyStopsASecondJobWhereTheRowWasTamperedWith() throws SQLException {
        declare("s", SECONDLY, CatchUp.ONCE);
        clock(1);
        round();
        database.execute("UPDATE penstock.schedule SET last_tick_at = NULL, next_tick_at = '" + second(1)
                + "', look_at = '" + second(1) + "'");
        round();
        assertThat(ticks("s")).containsExactly(iso(1));
        assertThat(told(ScheduleFired.class)).hasSize(1);
    }

    @Test
    void aThousandSchedulesDueAtOnceAreFiredAHundredARound() throws SQLException {
        database.execute("SELECT penstock.declare_schedule('s' || n, '" + type.queue()
                + "', 'nothing', cron => '0 0 * * *') FROM generate_series(1, 1000) AS n");
        for (int round = 0; round < 10; round++) {
            round(); // computes where they stand
        }
        clock(24 * 3_600);
        long start = System.nanoTime();
        for (int round = 1; round <= 10; round++) {
            round();
            assertThat(database.number("SELECT count(*) FROM penstock.idempotency"))
                    .isEqualTo(round * 100L);
        }
        System.out.println("schedule: 1,000 due at once fired by one worker in "
                + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
    }

    @ParameterizedTest
    @EnumSource
    void manyThatFireTheSameSchedulesAtOnceMakeEachTickOnce(CatchUp catchUp) throws Exception {
        for (int number = 0; number < 10; number++) {
            declare("s" + number, SECONDLY, catchUp);
        }
        int workers = 4;
        int seconds = 15;
        CyclicBarrier barrier = new CyclicBarrier(workers + 1);
        ExecutorService threads = Executors.newFixedThreadPool(workers);
        List<Future<?>> running = new ArrayList<>();
        try {
            for (int worker = 0; worker < workers; worker++) {
                running.add(threads.submit(() -> {
                    fireEachSecond(barrier, seconds);
                    return null;
                }));
            }
            for (int second = 1; second <= seconds; second++) {
                clock(second);
                barrier.await();
                barrier.await();
            }
            for (Future<?> worker : running) {
                worker.get();
            }
        } finally {
            threads.shutdownNow();
        }
        for (int number = 0; number < 10; number++) {
            assertThat(ticks("s" + number)).hasSize(seconds).doesNotHaveDuplicates();
        }
    }

    private void fireEachSecond(CyclicBarrier barrier, int seconds) throws Exception {
        Events nobody = new Events(List.of());
        try (Link own = new Link("racer", database.dataSource(), nobody, TransactionLimits.MAINTENANCE, new Turns())) {
            ScheduleKeeper racer = new ScheduleKeeper(own, nobody, queue -> {});
            for (int second = 1; second <= seconds; second++) {
                barrier.await();
                Look look = Look.take(own, 0, Map.of());
                racer.seen(look.watched(), look.at());
                racer.run(System.nanoTime());
                barrier.await();
            }
        }
    }
}
