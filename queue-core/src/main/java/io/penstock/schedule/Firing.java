package io.penstock.schedule;

import io.penstock.job.Limits;
import io.penstock.store.ScheduleStore.DueSchedule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done about a schedule at a moment: a pure decision. Not API.
 *
 * @param ticks those whose jobs are to be made now, oldest first
 * @param nextTick the one after them; it may have passed as well, if many are to be made up for
 * @param skippedFrom the first tick that was skipped; null if none was. All before the first that is made, or else before the
 *     next, were skipped with it
 */
public record Firing(
        List<Instant> ticks, Instant nextTick, @Nullable Instant skippedFrom) {

    /** For a schedule as it was read. Refuses a rule that is not understood. */
    public static Firing of(DueSchedule due) {
        ScheduleRule rule = StoredRules.read(due.rule());
        Instant stands = due.nextTick();
        Instant first = stands == null ? rule.next(due.countsFrom()) : stands;
        return of(rule, CatchUp.of(due.catchUp()), first, due.clock());
    }

    static Firing of(ScheduleRule rule, CatchUp catchUp, Instant first, Instant now) {
        if (first.isAfter(now)) {
            return new Firing(List.of(), first, null);
        }
        Instant newest = newest(rule, first, now);
        List<Instant> ticks = switch (catchUp) {
            case NONE -> newest.isBefore(now.minus(Limits.TICK_GRACE)) ? List.of() : List.of(newest);
            case ONCE -> List.of(newest);
            case ALL -> all(rule, first, newest, now);
        };
        if (ticks.isEmpty()) {
            return new Firing(ticks, rule.next(newest), first);
        }
        Instant last = ticks.get(ticks.size() - 1);
        return new Firing(ticks, rule.next(last), ticks.get(0).equals(first) ? null : first);
    }

    /** Before which moment everything from {@link #skippedFrom} on was skipped. */
    public Instant skippedBefore() {
        return ticks.isEmpty() ? nextTick : ticks.get(0);
    }

    private static List<Instant> all(ScheduleRule rule, Instant first, Instant newest, Instant now) {
        Instant oldest = now.minus(Limits.CATCH_UP_AGE);
        Instant tick = first.isBefore(oldest) ? rule.next(oldest) : first;
        List<Instant> ticks = new ArrayList<>();
        while (!tick.isAfter(newest) && ticks.size() < Limits.CATCH_UP_BATCH) {
            ticks.add(tick);
            tick = rule.next(tick);
        }
        return ticks.isEmpty() ? List.of(newest) : List.copyOf(ticks);
    }

    /**
     * The last tick up to now, by halving: a second's schedule that was left alone for a month has millions to step through.
     * Rests on {@link ScheduleRule#next} never going back as its argument goes on.
     */
    private static Instant newest(ScheduleRule rule, Instant first, Instant now) {
        if (rule.next(first).isAfter(now)) {
            return first;
        }
        long passed = first.toEpochMilli(); // the tick after it has come
        long open = now.toEpochMilli() + 1; // the tick after it has not
        while (open - passed > 1) {
            long middle = passed + (open - passed) / 2;
            if (rule.next(Instant.ofEpochMilli(middle)).isAfter(now)) {
                open = middle;
            } else {
                passed = middle;
            }
        }
        return rule.next(Instant.ofEpochMilli(passed));
    }
}
