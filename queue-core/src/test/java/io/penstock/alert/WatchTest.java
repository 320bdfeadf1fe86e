package io.penstock.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.job.JobType;
import io.penstock.job.QueueDefinition;
import io.penstock.objective.Alert;
import io.penstock.objective.AlertRoute;
import io.penstock.objective.FreshnessObjective;
import io.penstock.objective.LateCause;
import io.penstock.objective.LatencyObjective;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.objective.Tally;
import io.penstock.operate.AlertOperations;
import io.penstock.operate.ObjectiveOperations;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.StillClock;
import io.penstock.testkit.TcpProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the watch sees and tells of, on a clock of the database that stands still but for the test. */
class WatchTest {

    record Step(String runbook) {}

    private static final String QUEUE = "runbooks";
    private static final JobType<Step> STEP = JobType.of("step", Step.class).onQueue(QUEUE);

    private final List<String> told = new ArrayList<>();
    private int seconds = 5;

    private final class Told implements AlertListener {
        @Override
        public void opened(Alert alert) {
            told.add(alert.key() + " at " + seconds);
        }

        @Override
        public void resolved(Alert alert) {
            told.add("over: " + alert.key());
        }
    }

    private void pass(PenstockDatabase database, int more) throws SQLException {
        seconds += more;
        StillClock.set(database, Duration.ofSeconds(seconds));
    }

    private Watch watch(PenstockDatabase database) {
        return new Watch("test", database.dataSource(), new Times(), List.of(new Told()));
    }

    private void looks(PenstockDatabase database, Watch watch, int count) throws SQLException {
        for (int look = 0; look < count; look++) {
            pass(database, 1);
            watch.look();
        }
    }

    private JobQueue queue(PenstockDatabase database) throws SQLException {
        pass(database, 0);
        JobQueue queue = database.jobQueue();
        queue.declare(QueueDefinition.of(QUEUE, 0, 10, 1));
        return queue;
    }

    private static List<ObjectiveStatus> statuses(PenstockDatabase database) {
        return ObjectiveOperations.on(database.dataSource(), "test").list();
    }

    @BeforeEach
    void forget() {
        told.clear();
    }

    @Test
    void aTotalStallIsToldOfAlthoughNothingCompletes() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true)) {
            JobQueue queue = queue(database);
            queue.declareObjectives(LatencyObjective.of(QUEUE, Duration.ofSeconds(5), 0.99));
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
            JobQueue queue = queue(database);
            queue.declareObjectives(LatencyObjective.of(QUEUE, Duration.ofSeconds(5), 0.99));
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
            JobQueue queue = queue(database);
            queue.declareObjectives(LatencyObjective.of(QUEUE, Duration.ofSeconds(5), 0.99));
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
            JobQueue queue = queue(database);
            queue.declareObjectives(LatencyObjective.of(QUEUE, Duration.ofSeconds(5), 0.99));
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

    /** Of each alert that opens or ends, one job, whoever looks; of those that are silenced, or that no route is for, none. */
    @Test
    void alertsAreSentAsJobs() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true)) {
            JobQueue queue = queue(database);
            queue.declare(QueueDefinition.of("oncall", 1, 2, 1));
            queue.declareObjectives(LatencyObjective.of(QUEUE, Duration.ofSeconds(5), 0.99));
            AlertOperations operations = AlertOperations.on(database.dataSource(), "ada");
            operations.route(AlertRoute.of("hook", "oncall", "hook")
                    .matching("growth/page/%")
                    .link("https://ops.example.org/{queue}?alert={key}"));
            operations.route(AlertRoute.of("manager", "oncall", "manager")
                    .matching("growth/%")
                    .format(AlertRoute.Format.ALERTMANAGER));
            operations.route(AlertRoute.of("tickets", "oncall", "tickets").matching("%/ticket/%"));
            Watch one = watch(database);
            Watch other = watch(database);
            for (int second = 0; second < 20; second++) {
                queue.enqueue(STEP.with(new Step("reboot")));
                looks(database, one, 1);
                other.look();
            }
            String jobs =
                    "SELECT type || ' ' || count(*) FROM penstock.live WHERE type <> 'step' GROUP BY type ORDER BY type";
            assertThat(database.query(jobs)).containsExactly("hook 1", "manager 1");
            assertThat(
                            database.query(
                                    "SELECT concat_ws(' ', payload ->> 'status', payload ->> 'key', payload ->> 'queue',"
                                            + " payload ->> 'severity', payload ->> 'link', payload ->> 'resolved_at') FROM penstock.live WHERE type = 'hook'"))
                    .containsExactly("open growth/page/runbooks latency runbooks page"
                            + " https://ops.example.org/runbooks?alert=growth%2Fpage%2Frunbooks%20latency");
            assertThat(database.query(
                            "SELECT concat_ws(' ', a -> 'labels' ->> 'alertname', a -> 'labels' ->> 'rule', a -> 'labels' ->> 'queue',"
                                    + " (a ->> 'endsAt')::timestamptz - (a ->> 'startsAt')::timestamptz)"
                                    + " FROM penstock.live, jsonb_array_elements(payload) AS a WHERE type = 'manager'"))
                    .containsExactly("Penstock growth runbooks 7 days");

            database.execute("DELETE FROM penstock.live WHERE type = 'step'");
            looks(database, one, 150);
            other.look();
            assertThat(database.query(jobs)).containsExactly("hook 2", "manager 2");
            assertThat(database.query(
                            "SELECT payload ->> 'status' FROM penstock.live WHERE type = 'hook' ORDER BY position"))
                    .containsExactly("open", "resolved");
            assertThat(operations.removeRoute("manager")).isTrue();
            assertThat(operations.removeRoute("manager")).isFalse();
            assertThat(operations.routes()).extracting(AlertRoute::name).containsExactly("hook", "tickets");
        }
    }

    /** The alert is stored, sent and told, each once, whether the transaction that opened it was lost or only the answer to its commit. */
    @ParameterizedTest
    @EnumSource
    void aConnectionCutAroundTheCommitLosesNoAlert(TcpProxy.Cut cut) throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true);
                TcpProxy proxy = TcpProxy.before(database.dataSource())) {
            JobQueue queue = queue(database);
            queue.declare(QueueDefinition.of("oncall", 1, 2, 1));
            queue.declareObjectives(LatencyObjective.of(QUEUE, Duration.ofSeconds(5), 0.99));
            AlertOperations.on(database.dataSource(), "ada")
                    .route(AlertRoute.of("hook", "oncall", "hook").matching("growth/%"));
            Watch watch = new Watch("test", proxy.dataSource(database.dataSource()), new Times(), List.of(new Told()));
            watch.step();
            proxy.cut("penstock.enqueue_one", cut);
            for (int second = 0; second < 20; second++) {
                queue.enqueue(STEP.with(new Step("reboot")));
                pass(database, 1);
                watch.step();
            }
            assertThat(proxy.allCut()).isTrue();
            assertThat(told.stream().filter(line -> line.startsWith("growth/page/runbooks latency at ")))
                    .hasSize(1);
            assertThat(database.number("SELECT count(*) FROM penstock.live WHERE type = 'hook'"))
                    .isEqualTo(1);
        }
    }

    @Test
    void anAlertWhoseJobCannotBeMadeIsToldAllTheSame() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true)) {
            JobQueue queue = queue(database);
            queue.declare(QueueDefinition.of("oncall", 1, 2, 1));
            queue.declareObjectives(LatencyObjective.of(QUEUE, Duration.ofSeconds(5), 0.99));
            AlertOperations.on(database.dataSource(), "ada").route(AlertRoute.of("hook", "oncall", "hook"));
            Watch watch = watch(database);
            try (Connection locker = database.connect();
                    Statement lock = locker.createStatement()) {
                locker.setAutoCommit(false);
                lock.execute("LOCK TABLE penstock.live_q2_s0 IN ACCESS EXCLUSIVE MODE");
                queue.enqueue(Stream.generate(() -> STEP.with(new Step("many")))
                        .limit(20)
                        .toList());
                looks(database, watch, 20);
                assertThat(told).anyMatch(line -> line.startsWith("growth/page/runbooks latency at "));
                locker.rollback();
            }
            assertThat(database.number("SELECT count(*) FROM penstock.live WHERE type = 'hook'"))
                    .as("the lock was held when it opened")
                    .isZero();
        }
    }

    @Test
    void aLostConnectionIsReplaced() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true)) {
            JobQueue queue = queue(database);
            queue.declareObjectives(LatencyObjective.of(QUEUE, Duration.ofSeconds(5), 0.99));
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

    /** A segment that is not written to any more has no job in line, but one that runs: its worker dies, and it stands in line again. */
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
