package io.penstock.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.job.QueueDefinition;
import io.penstock.objective.LateCause;
import io.penstock.objective.LatencyObjective;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.objective.Tally;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the watch sees, and what it cannot see. */
class LooksTest extends Watched {

    @Test
    void aLockedQueueHidesNoOther() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true)) {
            JobQueue queue = queue(database);
            queue.declare(QueueDefinition.of("locked", 0, 10, 1));
            queue.declareObjectives(
                    LatencyObjective.of(QUEUE, Duration.ofSeconds(5), 0.99),
                    LatencyObjective.of("locked", Duration.ofSeconds(5), 0.99));
            queue.enqueue(
                    Stream.generate(() -> STEP.with(new Step("many"))).limit(20).toList());
            queue.enqueue(STEP.onQueue("locked").with(new Step("hidden")));
            Watch watch = watch(database);
            try (Connection locker = database.connect();
                    Statement lock = locker.createStatement()) {
                locker.setAutoCommit(false);
                lock.execute("LOCK TABLE penstock.live_q2_s0 IN ACCESS EXCLUSIVE MODE");
                looks(database, watch, 20);
                assertThat(told)
                        .anyMatch(line -> line.startsWith("growth/page/runbooks latency at "))
                        .anyMatch(line -> line.startsWith("burn/page/runbooks latency at "))
                        .noneMatch(line -> line.contains("locked"));
                pass(database, 50);
                watch.look();
                assertThat(told).as("blind for a minute").anyMatch(line -> line.startsWith("no-data/page/locked at "));
                locker.rollback();
            }
            looks(database, watch, 10);
            assertThat(told).anyMatch(line -> line.startsWith("starvation/page/locked latency at "));
            assertThat(statuses(database)).allMatch(status -> status.hour().bad() > 0);
        }
    }

    @Test
    void whatMadeJobsLateIsWrittenForEverybody() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true)) {
            JobQueue queue = promised(database);
            int queueId = (int) database.number("SELECT queue_id FROM penstock.queue");
            Times times = new Times();
            Watch watch = new Watch("test", database.dataSource(), times, List.of());
            assertThat(times.late(queueId, "step", Duration.ZERO, Duration.ofSeconds(6)))
                    .as("nothing is known before the first look")
                    .isFalse();
            looks(database, watch, 1);
            assertThat(times.late(queueId, "step", Duration.ofSeconds(6), Duration.ofSeconds(5)))
                    .isFalse();
            assertThat(times.late(queueId, "step", Duration.ZERO, Duration.ofSeconds(6)))
                    .isTrue();
            assertThat(times.late(queueId + 1, "step", Duration.ZERO, Duration.ofSeconds(6)))
                    .isFalse();
            times.addLate(
                    queueId,
                    "step",
                    Map.of(LateCause.SLOT, Duration.ofSeconds(5), LateCause.RAN, Duration.ofSeconds(1)));
            times.addLate(queueId, "other", Map.of(LateCause.SLOT, Duration.ofSeconds(2)));
            looks(database, watch, 25);
            assertThat(statuses(database).get(0).lateBecause())
                    .isEqualTo(Map.of(LateCause.SLOT, 7.0 / 8, LateCause.RAN, 1.0 / 8));
            assertThat(List.of(LateCause.values())).allMatch(cause -> LateCause.of(cause.word()) == cause);
        }
    }

    @Test
    void aLostConnectionIsReplaced() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true)) {
            JobQueue queue = promised(database);
            Watch watch = watch(database);
            looks(database, watch, 1);
            database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
            queue.enqueue(STEP.with(new Step("reboot")));
            watch.step();
            for (int look = 0; look < 10; look++) {
                pass(database, 1);
                watch.step();
            }
            assertThat(statuses(database).get(0).hour()).isEqualTo(new Tally(1, 0));
        }
    }

    @Test
    void whatIsGivenBackInAnOldSegmentIsSeen() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true)) {
            JobQueue queue = queue(database);
            Watch watch = watch(database);
            queue.enqueue(STEP.with(new Step("runs")));
            database.execute(
                    "UPDATE penstock.live SET state = 'running', worker_id = 1, attempt = 1, lease_token = 1,"
                            + " claimed_at = eligible_at, first_claimed_at = eligible_at; UPDATE penstock.queue SET write_segment = 1");
            looks(database, watch, 20);
            database.execute("UPDATE penstock.live SET state = 'available', worker_id = NULL, claimed_at = NULL,"
                    + " position = penstock.draw_position('penstock.position_q1'::regclass)");
            looks(database, watch, 10);
            assertThat(database.query("SELECT depth FROM penstock.sample ORDER BY at DESC LIMIT 1"))
                    .containsExactly("1");
        }
    }

    @Test
    void depthAndHeadOfTheLineAreEstimatedWhereThereAreMany() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true)) {
            JobQueue queue = queue(database);
            queue.declareObjectives(LatencyObjective.of(QUEUE, Duration.ofHours(1), 0.99));
            Watch watch = watch(database);
            for (int batch = 0; batch < 3; batch++) {
                queue.enqueue(Stream.generate(() -> STEP.with(new Step("many")))
                        .limit(7_000)
                        .toList());
                pass(database, 10);
            }
            watch.look();
            ObjectiveStatus status = statuses(database).get(0);
            assertThat(status.depth()).isBetween(20_500L, 21_500L);
            assertThat(status.headAge()).isEqualTo(30.0);
        }
    }
}
