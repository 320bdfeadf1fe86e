package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobState;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.observe.WorkerEvent;
import io.penstock.observe.WorkerEvent.ScheduleFired;
import io.penstock.schedule.CatchUp;
import io.penstock.schedule.Cron;
import io.penstock.schedule.ScheduleDefinition;
import io.penstock.schedule.Schedules;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.TcpProxy;
import io.penstock.testkit.TcpProxy.Cut;
import io.penstock.testkit.TcpProxy.Mode;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A worker with schedules behind a network that fails, on the real clock. */
@PenstockDatabase.Fresh
class ScheduleFaultTest {

    private static final String FIRING = "penstock.fire_schedule";
    private static final Cron SECONDLY = Cron.utc("* * * * * *");

    private final PenstockDatabase database;
    private final Scene scene;
    private final TcpProxy proxy;

    ScheduleFaultTest(PenstockDatabase database) {
        this.database = database;
        this.scene = new Scene(database);
        this.proxy = TcpProxy.before(database.dataSource());
    }

    @AfterEach
    void close() throws SQLException {
        proxy.close();
        database.execute("DELETE FROM penstock.schedule");
    }

    private WorkerBuilder worker() {
        return Worker.on(JobQueue.on(proxy.dataSource(database.dataSource())))
                .name("scheduler")
                .queue(new QueueDefinition(scene.type.queue(), ConcurrencyBudget.spare(4)))
                .listener(scene.events::add)
                .handle(scene.type, context -> Outcome.completed());
    }

    private ScheduleDefinition secondly(CatchUp catchUp) {
        return ScheduleDefinition.of("secondly", SECONDLY, scene.type.with(new Scene.Item(1)))
                .catchingUp(catchUp);
    }

    private List<Instant> ticks() throws SQLException {
        return database
                .query("SELECT metadata ->> 'tick' FROM (SELECT queue_id, metadata FROM penstock.live UNION ALL"
                        + " SELECT queue_id, metadata FROM penstock.finished) AS j JOIN penstock.queue AS q USING (queue_id)"
                        + " WHERE q.name = '" + scene.type.queue() + "' AND metadata ? 'tick' ORDER BY 1")
                .stream()
                .map(Instant::parse)
                .toList();
    }

    private void awaitTicks(int count) {
        Awaitility.await(count + " ticks").atMost(Duration.ofSeconds(60)).until(() -> ticks().size() >= count);
    }

    private static void assertEverySecondOnce(List<Instant> ticks) {
        for (int index = 1; index < ticks.size(); index++) {
            assertThat(ticks.get(index)).isEqualTo(ticks.get(index - 1).plusSeconds(1));
        }
    }

    @Test
    void aScheduleGivenToAWorkerIsDeclaredFiredAndRun() throws SQLException {
        try (Worker worker = worker().schedule(secondly(CatchUp.ALL)).start()) {
            awaitTicks(4);
        }
        assertEverySecondOnce(ticks());
        List<Duration> late = scene.events.stream()
                .filter(ScheduleFired.class::isInstance)
                .map(event -> ((ScheduleFired) event).late())
                .sorted()
                .toList();
        System.out.println("schedule: ticks seen after " + late);
        assertThat(late.get(0)).as("the maintainer slept towards the tick").isLessThan(Duration.ofMillis(100));
        assertThat(scene.count(WorkerEvent.AttemptEnded.class)).isGreaterThanOrEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void aFiringCutAroundItsCommitMakesItsTickOnce(Cut cut) throws SQLException {
        proxy.cut(FIRING, cut, cut, cut); // the first of them computes where the schedule stands
        try (Worker worker = worker().schedule(secondly(CatchUp.ALL)).start()) {
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(proxy::allCut);
            awaitTicks(ticks().size() + 3);
        }
        assertEverySecondOnce(ticks());
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatWasGoneForSeveralTicksIsCaughtUpWithAsThePolicySays(CatchUp catchUp) throws Exception {
        try (Worker worker = worker().schedule(secondly(catchUp)).start()) {
            awaitTicks(2);
            proxy.mode(Mode.RESET);
            Instant gone = now();
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> now().isAfter(gone.plusSeconds(5)));
            int before = ticks().size();
            proxy.mode(Mode.PASS);
            awaitTicks(before + 3);
        }
        List<Instant> ticks = ticks();
        assertThat(ticks).doesNotHaveDuplicates();
        if (catchUp == CatchUp.ALL) {
            assertEverySecondOnce(ticks);
        } else {
            long missed =
                    Duration.between(ticks.get(0), ticks.get(ticks.size() - 1)).toSeconds() + 1 - ticks.size();
            assertThat(missed).as("ticks of the outage that nobody made up for").isBetween(3L, 12L);
            assertThat(scene.count(WorkerEvent.TicksSkipped.class)).isPositive();
        }
    }

    @Test
    void whatOnePausesAndRunsByHandAnotherProcessHeeds() throws SQLException {
        Schedules schedules = Schedules.on(database.dataSource());
        try (Worker worker = worker().schedule(secondly(CatchUp.ALL)).start()) {
            awaitTicks(1);
            schedules.pause("secondly");
            int paused = ticks().size();
            Instant since = now();
            UUID byHand = schedules.runNow("secondly");
            scene.awaitState(byHand, JobState.COMPLETED);
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> now().isAfter(since.plusSeconds(2)));
            assertThat(ticks()).hasSize(paused);
            schedules.resume("secondly");
            awaitTicks(paused + 2);
        }
        assertThat(ticks()).doesNotHaveDuplicates();
    }

    private Instant now() throws SQLException {
        return Instant.parse(database.query(
                        "SELECT to_char(penstock.clock() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")
                .get(0));
    }
}
