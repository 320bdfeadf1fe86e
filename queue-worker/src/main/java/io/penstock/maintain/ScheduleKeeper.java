package io.penstock.maintain;

import io.penstock.connect.Link;
import io.penstock.database.SqlFailure;
import io.penstock.error.RefusedException;
import io.penstock.job.Limits;
import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent.ScheduleFailing;
import io.penstock.observe.WorkerEvent.ScheduleFired;
import io.penstock.observe.WorkerEvent.ScheduleRecovered;
import io.penstock.observe.WorkerEvent.TicksSkipped;
import io.penstock.schedule.Firing;
import io.penstock.store.FloorStore.Watched;
import io.penstock.store.ScheduleStore;
import io.penstock.store.ScheduleStore.DueSchedule;
import io.penstock.store.ScheduleStore.Fired;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Makes the jobs of ticks that are due, as every worker does: the first to lock a schedule moves it on, the others pass by or
 * find it moved. Each schedule has a transaction of its own, so that one that fails or is locked keeps no other waiting.
 *
 * <p>When to look is read with everything else that maintenance looks at, so schedules that are not due cost nothing. In between the monotonic
 * clock tells when the next tick comes; the database's clock decides whether it has.
 */
final class ScheduleKeeper {

    private static final long LEAVE_ALONE = 1_000_000_000L;

    private final Link link;
    private final Events events;
    private final IntConsumer woken;
    private final Map<String, Long> lockedQueues = new HashMap<>();
    private boolean due;
    private boolean leftSome;
    private long laterAt = Long.MAX_VALUE;
    private boolean later;

    ScheduleKeeper(Link link, Events events, IntConsumer woken) {
        this.link = link;
        this.events = events;
        this.woken = woken;
    }

    /** What was read at a time of the monotonic clock. */
    void seen(Watched read, long nanoTime) {
        long clock = read.drawn().clock();
        due = read.schedule() <= clock;
        later = read.laterSchedule() != Long.MAX_VALUE;
        laterAt = later ? nanoTime + Math.min(read.laterSchedule() - clock, Long.MAX_VALUE / 4_000) * 1_000 : 0;
    }

    /** How long nothing is to be done here. What could not be done is looked at again at the next turn. */
    long untilDue(long nanoTime) {
        if (due && !leftSome) {
            return 0;
        }
        return later ? Math.max(0, laterAt - nanoTime) : Long.MAX_VALUE;
    }

    /** Fires what is due, if anything can be. */
    void run(long nanoTime) throws SQLException {
        if (!due && !(later && laterAt - nanoTime <= 0)) {
            return;
        }
        leftSome = false;
        lockedQueues.values().removeIf(until -> nanoTime - until >= 0);
        List<DueSchedule> schedules = link.inTransaction(
                connection -> ScheduleStore.due(connection, lockedQueues.keySet(), Limits.DUE_SCHEDULES));
        leftSome = !lockedQueues.isEmpty();
        Failures failures = new Failures();
        for (DueSchedule schedule : schedules) {
            if (!lockedQueues.containsKey(schedule.queue())) {
                failures.collect(() -> fire(schedule, nanoTime));
            }
        }
        failures.throwFirst();
    }

    private void fire(DueSchedule schedule, long nanoTime) throws SQLException {
        Firing firing;
        try {
            firing = Firing.of(schedule);
        } catch (RefusedException refused) {
            fail(schedule, String.valueOf(refused.getMessage()));
            return;
        }
        Optional<Fired> fired;
        try {
            fired = link.inTransaction(
                    connection -> ScheduleStore.fire(connection, schedule, firing.ticks(), firing.nextTick()));
        } catch (SQLException failure) {
            if (SqlFailure.connectionLost(failure)) {
                throw failure;
            }
            if (SqlFailure.contention(failure)) { // the next of that queue would wait as well
                lockedQueues.put(schedule.queue(), nanoTime + LEAVE_ALONE);
                leftSome = true;
                throw failure;
            }
            fail(schedule, SqlFailure.describe(failure));
            return;
        }
        leftSome |= fired.isEmpty();
        fired.ifPresent(done -> tell(schedule, firing, done));
    }

    private void tell(DueSchedule schedule, Firing firing, Fired fired) {
        if (fired.recovered()) {
            events.tell(new ScheduleRecovered(schedule.name()));
        }
        Instant skippedFrom = firing.skippedFrom();
        if (skippedFrom != null) {
            events.tell(new TicksSkipped(schedule.name(), skippedFrom, firing.skippedBefore()));
        }
        if (fired.jobs() > 0) {
            woken.accept(fired.queueId());
            Instant newest = firing.ticks().get(firing.ticks().size() - 1);
            events.tell(new ScheduleFired(
                    schedule.name(),
                    schedule.queue(),
                    fired.jobs(),
                    newest,
                    Duration.between(newest, schedule.clock())));
        }
    }

    private void fail(DueSchedule schedule, String error) throws SQLException {
        Optional<Boolean> news = link.inTransaction(
                connection -> ScheduleStore.fail(connection, schedule, error, Limits.SCHEDULE_RETRY));
        leftSome |= news.isEmpty();
        if (news.orElse(false)) {
            events.tell(new ScheduleFailing(schedule.name(), error));
        }
    }
}
