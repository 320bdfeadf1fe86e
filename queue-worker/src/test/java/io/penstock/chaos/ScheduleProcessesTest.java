package io.penstock.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.Recovery;
import io.penstock.transaction.TransactionLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A schedule of one second over three processes, one of which is killed and started anew, and another frozen and revived, in
 * turn. How long, in seconds, is set by the system property {@code penstock.schedule.seconds}.
 */
@PenstockDatabase.Fresh
class ScheduleProcessesTest {

    private static final int SECONDS = Integer.getInteger("penstock.schedule.seconds", 20);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PROCESSES = 3;

    /** The tick after next, made by whoever is left; at worst after the server has ended a frozen transaction. */
    private static final Duration NEXT_TICK = Duration.ofSeconds(1).plus(TransactionLimits.DEFAULT.idle());

    private final PenstockDatabase database;
    private final Children children;
    private final Process[] processes = new Process[PROCESSES];
    private final String[] names = new String[PROCESSES];
    private int starts;
    private int kills;
    private int freezes;

    ScheduleProcessesTest(PenstockDatabase database, @TempDir Path directory) {
        this.database = database;
        this.children = new Children(directory);
    }

    @Test
    void everyTickIsMadeOnceWhileProcessesAreKilledAndFrozen() throws Exception {
        try {
            for (int slot = 0; slot < PROCESSES; slot++) {
                start(slot);
            }
            for (int slot = 0; slot < PROCESSES; slot++) {
                children.awaitReady(names[slot], processes[slot]);
            }
            await(1);
            for (int turn = 0; ticks() < SECONDS; turn++) {
                disturb(turn);
            }
            assertThat(kills).isPositive();
            assertThat(freezes).isPositive();
        } finally {
            children.end();
        }
        List<Instant> made = database
                .query("SELECT metadata ->> 'tick' FROM (SELECT metadata FROM penstock.live UNION ALL SELECT metadata"
                        + " FROM penstock.waiting UNION ALL SELECT metadata FROM penstock.finished) AS j ORDER BY 1")
                .stream()
                .map(Instant::parse)
                .toList();
        System.out.println("schedule: " + made.size() + " ticks over " + PROCESSES + " processes, " + kills + " kills, "
                + freezes + " freezes; made late by, in milliseconds (p50, p99, most): " + lateness());
        assertThat(made)
                .as("every second from the first tick to the last, each once")
                .hasSizeGreaterThanOrEqualTo(SECONDS)
                .containsExactlyElementsOf(LongStream.rangeClosed(
                                made.get(0).getEpochSecond(),
                                made.get(made.size() - 1).getEpochSecond())
                        .mapToObj(Instant::ofEpochSecond)
                        .toList());
    }

    /** One process is frozen; before it is revived, another is killed and started anew. */
    private void disturb(int turn) throws Exception {
        Process frozen = processes[turn % PROCESSES];
        Children.signal("STOP", frozen);
        freezes++;
        try {
            await(ticks() + 1);
            int slot = (turn + 1) % PROCESSES;
            Recovery recovery = Recovery.from("F51", NEXT_TICK);
            processes[slot].destroyForcibly().waitFor();
            kills++;
            await(ticks() + 1);
            recovery.ended();
            start(slot);
            children.awaitReady(names[slot], processes[slot]);
            await(ticks() + 2);
        } finally {
            Children.signal("CONT", frozen);
        }
        await(ticks() + 2);
    }

    private long ticks() throws Exception {
        return database.number("SELECT count(*) FROM penstock.idempotency");
    }

    private void await(long ticks) {
        Awaitility.await(ticks + " ticks").atMost(PATIENCE).until(() -> ticks() >= ticks);
    }

    private String lateness() throws Exception {
        return database.query("""
                        SELECT format('%s, %s, %s', round(percentile_cont(0.5) WITHIN GROUP (ORDER BY late)),
                                      round(percentile_cont(0.99) WITHIN GROUP (ORDER BY late)), round(max(late)))
                        FROM (SELECT 1000 * extract(epoch FROM created_at - right(key, 24)::timestamptz)::double precision AS late
                              FROM penstock.idempotency) AS i
                        """).get(0);
    }

    private void start(int slot) throws Exception {
        names[slot] = "schedule-" + slot + "-" + starts++;
        processes[slot] = children.start(ScheduleProcess.class, names[slot], database.dataSource());
    }
}
