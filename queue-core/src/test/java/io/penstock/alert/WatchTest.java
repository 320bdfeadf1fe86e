package io.penstock.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.objective.Alert;
import io.penstock.objective.FreshnessObjective;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.objective.Tally;
import io.penstock.operate.AlertOperations;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the watch tells of. */
class WatchTest extends Watched {

    @Test
    void aTotalStallIsToldOfAlthoughNothingCompletes() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true)) {
            JobQueue queue = promised(database);
            Watch watch = watch(database);
            looks(database, watch, 3);
            for (int second = 0; second < 30; second++) {
                queue.enqueue(STEP.with(new Step("reboot")));
                looks(database, watch, 1);
            }
            assertThat(told)
                    .anyMatch(line -> line.startsWith("growth/page/runbooks latency at "))
                    .anyMatch(line -> line.startsWith("starvation/page/runbooks latency at "))
                    .anyMatch(line -> line.startsWith("burn/page/runbooks latency at "))
                    .hasSize(3);
            ObjectiveStatus status = statuses(database).get(0);
            assertThat(status.depth()).isEqualTo(30);
            assertThat(status.headAge()).isBetween(28.0, 31.0);
            assertThat(status.timeToBreach()).isZero();
            assertThat(status.hour().bad()).isEqualTo(status.hour().total()).isBetween(20L, 30L);
            assertThat(status.verdict()).isEqualTo(ObjectiveStatus.Verdict.MISSED);

            told.clear();
            database.execute("DELETE FROM penstock.live");
            looks(database, watch, 150);
            assertThat(told)
                    .as("growth and starvation end; what was late stays late for an hour")
                    .containsExactlyInAnyOrder(
                            "over: growth/page/runbooks latency", "over: starvation/page/runbooks latency");
            AlertOperations operations = AlertOperations.on(database.dataSource(), "test");
            assertThat(operations.list(true, 10)).hasSize(1);
            assertThat(operations.list(false, 10))
                    .allMatch(alert -> alert.sentence().contains("; likely cause: no worker"));
            assertThat(operations.list(false, 10)).hasSize(3);
        }
    }

    @Test
    void everyLateJobIsCountedOnceHoweverManyThereAreAndWhoeverLooks() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true)) {
            JobQueue queue = promised(database);
            Watch one = watch(database);
            Watch other = watch(database);
            queue.enqueue(Stream.generate(() -> STEP.with(new Step("many")))
                    .limit(8_000)
                    .toList());
            for (int look = 0; look < 12; look++) {
                pass(database, 1);
                one.look();
                other.look();
            }
            assertThat(statuses(database).get(0).hour()).isEqualTo(new Tally(8_000, 0));
            assertThat(told.stream().map(line -> line.replaceAll(" at .*", "")))
                    .as("one of both tells of it")
                    .doesNotHaveDuplicates()
                    .contains("burn/page/runbooks latency");
            Watch third = watch(database);
            looks(database, third, 10);
            assertThat(statuses(database).get(0).hour()).isEqualTo(new Tally(8_000, 0));
        }
    }

    @Test
    void whatIsSilencedIsKeptAndNotTold() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true)) {
            JobQueue queue = promised(database);
            AlertOperations operations = AlertOperations.on(database.dataSource(), "test");
            operations.silence("%/runbooks%", null, Duration.ofMinutes(10), "test", "maintenance");
            Watch watch = watch(database);
            queue.enqueue(
                    Stream.generate(() -> STEP.with(new Step("many"))).limit(20).toList());
            looks(database, watch, 20);
            assertThat(told).isEmpty();
            assertThat(operations.list(true, 10)).isNotEmpty().allMatch(Alert::silenced);
        }
    }

    @Test
    void aQueueWithoutAnObjectiveThatStandsForFiveMinutesIsToldOf() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true)) {
            JobQueue queue = queue(database);
            Watch watch = watch(database);
            queue.enqueue(STEP.with(new Step("alone")));
            looks(database, watch, 290);
            assertThat(told).isEmpty();
            looks(database, watch, 20);
            assertThat(told).singleElement().asString().startsWith("not-moving/page/runbooks at ");
        }
    }

    @Test
    void guaranteesThatDoNotFitAreATicket() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true)) {
            queue(database);
            database.execute("UPDATE penstock.allocation SET missing = 3");
            looks(database, watch(database), 2);
            assertThat(told).singleElement().asString().startsWith("guarantee/ticket/fleet at ");
        }
    }

    @Test
    void aScheduleThatNeverProvesAnythingIsLateFromTheStart() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true)) {
            JobQueue queue = queue(database);
            queue.declareObjectives(FreshnessObjective.of(QUEUE, "backup", Duration.ofMinutes(10), "bytes"));
            Watch watch = watch(database);
            for (int minute = 0; minute < 22; minute++) {
                pass(database, 59);
                looks(database, watch, 1);
            }
            assertThat(told).singleElement().asString().startsWith("freshness/page/runbooks/backup freshness at ");
        }
    }

    /** Of each alert that opens or ends, one job, whoever looks; of those that are silenced, or that no route is for, none. */

    /** A segment that is not written to any more has no job in line, but one that runs: its worker dies, and it stands in line again. */
}
