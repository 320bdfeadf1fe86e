package io.penstock.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.job.QueueDefinition;
import io.penstock.observe.WorkerEvent.ScheduleFailing;
import io.penstock.observe.WorkerEvent.ScheduleFired;
import io.penstock.observe.WorkerEvent.ScheduleRecovered;
import io.penstock.observe.WorkerEvent.TicksSkipped;
import io.penstock.schedule.CatchUp;
import io.penstock.schedule.Cron;
import io.penstock.schedule.ScheduleDefinition;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What keeps a schedule from being fired, is told once, and keeps no other waiting. */
@PenstockDatabase.Fresh
class ScheduleFailureTest extends ScheduledTest {

    ScheduleFailureTest(PenstockDatabase database) throws SQLException {
        super(database);
    }

    private void setQueueName(String from, String to) throws SQLException { // without the trigger that tells schedules
        database.execute(
                "ALTER TABLE penstock.queue DISABLE TRIGGER rename_in_schedules; UPDATE penstock.queue SET name = '"
                        + to + "' WHERE name = '" + from
                        + "'; ALTER TABLE penstock.queue ENABLE TRIGGER rename_in_schedules");
    }

    @Test
    void aQueueThatIsMissingIsToldOnceAndItsTicksAreMadeUpForAsThePolicySays() throws SQLException {
        declare("s", SECONDLY, CatchUp.ALL);
        setQueueName(type.queue(), "elsewhere");
        for (int second = 1; second <= 12; second++) {
            clock(second);
            round();
        }
        assertThat(told(ScheduleFailing.class))
                .singleElement()
                .satisfies(failing -> assertThat(failing.error())
                        .contains("queue \"" + type.queue() + "\": expected an existing queue, found none"));
        assertThat(schedules.list().get(0).lastError()).contains("expected an existing queue");
        assertThat(schedules.list().get(0).failingSince()).isEqualTo(second(1));
        setQueueName("elsewhere", type.queue());
        clock(20);
        round();
        assertThat(ticks("s")).hasSize(20).startsWith(iso(1)).endsWith(iso(20));
        assertThat(told(ScheduleRecovered.class)).hasSize(1);
        assertThat(schedules.list().get(0).lastError()).isNull();
    }

    @Test
    void ticksThatAreSkippedWhileTheQueueIsMissingDoNotMakeTheFailureNews() throws SQLException {
        declare("s", Cron.utc("0 0 * * * *"), CatchUp.NONE);
        setQueueName(type.queue(), "elsewhere");
        for (int hour = 1; hour <= 3; hour++) {
            for (int seconds = 0; seconds < 120; seconds += 10) {
                clock(hour * 3_600 + seconds);
                round();
            }
        }
        assertThat(told(ScheduleFailing.class)).hasSize(1);
        assertThat(told(TicksSkipped.class)).hasSize(3);
        setQueueName("elsewhere", type.queue());
        clock(4 * 3_600);
        round();
        assertThat(ticks("s")).containsExactly(iso(4 * 3_600));
        assertThat(told(ScheduleRecovered.class)).hasSize(1);
    }

    @Test
    void aQueueThatWasRemovedTakesNoTicksUntilItIsMadeAgain() throws SQLException {
        String queue = type.queue() + "-removed";
        jobQueue.declare(QueueDefinition.of(queue, 0, 1, 1));
        schedules.declare(
                ScheduleDefinition.of("s", SECONDLY, type.onQueue(queue).with(new Nothing())));
        round();
        jobQueue.remove(queue);
        clock(1);
        round();
        assertThat(told(ScheduleFailing.class)).hasSize(1);
        jobQueue.declare(QueueDefinition.of(queue, 0, 1, 1));
        clock(10);
        round();
        assertThat(told(ScheduleRecovered.class)).hasSize(1);
        assertThat(told(ScheduleFired.class)).hasSize(1);
        schedules.remove("s");
    }

    @Test
    void aRuleThatNobodyUnderstandsIsToldOnceAndKeepsNoOtherWaiting() throws SQLException {
        database.query(
                "SELECT penstock.declare_schedule('bad', '" + type.queue() + "', 'nothing', cron => '99 * * * *')");
        declare("good", SECONDLY, CatchUp.ONCE);
        for (int second = 1; second <= 20; second++) {
            clock(second);
            round();
        }
        assertThat(ticks("good")).hasSize(20);
        assertThat(told(ScheduleFailing.class))
                .containsExactly(new ScheduleFailing(
                        "bad",
                        "cron \"99 * * * *\" minute: expected 0 to 59; lists, ranges and steps of them, was \"99\""));
        database.query(
                "SELECT penstock.declare_schedule('bad', '" + type.queue() + "', 'nothing', cron => '* * * * *')");
        round();
        clock(60);
        round();
        assertThat(ticks("bad")).containsExactly(iso(60));
        assertThat(schedules.list().get(0).lastError()).isNull();
    }

    @Test
    void aScheduleThatSomebodyHoldsKeepsNoOtherWaiting() throws SQLException {
        declare("held", SECONDLY, CatchUp.ALL);
        declare("free", SECONDLY, CatchUp.ALL);
        try (Connection holder = database.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT FROM penstock.schedule WHERE name = 'held' FOR UPDATE");
            for (int second = 1; second <= 3; second++) {
                clock(second);
                round();
                lookAround();
                assertThat(keeper.untilDue(System.nanoTime()))
                        .as("the one that is held is no reason to go round in circles")
                        .isPositive();
            }
            assertThat(ticks("free")).hasSize(3);
            assertThat(ticks("held")).isEmpty();
            holder.rollback();
        }
        round();
        assertThat(ticks("held")).hasSize(3);
    }

    @Test
    void aLockedQueueIsLeftAloneForAWhileAndKeepsNoOtherWaiting() throws SQLException {
        String other = type.queue() + "-locked";
        jobQueue.declare(QueueDefinition.of(other, 0, 1, 1));
        for (int number = 0; number < 3; number++) {
            schedules.declare(ScheduleDefinition.of(
                    "locked-" + number, SECONDLY, type.onQueue(other).with(new Nothing())));
        }
        declare("free", SECONDLY, CatchUp.ONCE);
        long lockedId = database.number("SELECT queue_id FROM penstock.queue WHERE name = '" + other + "'");
        try (Connection holder = database.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE penstock.live_q" + lockedId + "_s0 IN ACCESS EXCLUSIVE MODE");
            clock(1);
            assertThatThrownBy(this::round).isInstanceOf(SQLException.class).hasMessageContaining("lock timeout");
            assertThat(ticks("free")).containsExactly(iso(1));
            clock(2);
            round(); // fails no more: the three wait together
            assertThat(ticks("free")).containsExactly(iso(1), iso(2));
            holder.rollback();
        }
        now += Duration.ofSeconds(1).toNanos();
        round();
        assertThat(told(ScheduleFired.class))
                .filteredOn(fired -> fired.queue().equals(other))
                .hasSize(3);
        assertThat(told(ScheduleFailing.class)).isEmpty();
    }
}
