package io.penstock.maintain;

import io.penstock.connect.Link;
import io.penstock.handover.Horizon;
import io.penstock.job.Limits;
import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent.JobsPromoted;
import io.penstock.store.PromotionStore;
import io.penstock.store.PromotionStore.Due;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Moves due jobs into line, queue by queue and a batch of each at a time, so that a hundred thousand that are due in one
 * queue keep no other queue's waiting.
 *
 * <p>Each queue has a floor in due time: up to there nothing waits. A job is always due after the moment at which it was
 * put there, and that is after its transaction got its id; so below what was the time under a horizon, only the
 * transactions still open then can add anything. A clock that was set back is met by looking from the start once a minute.
 */
final class Promoter {

    private static final long FROM_START_EVERY = 60_000_000_000L;

    private final Link link;
    private final FloorKeeper floorKeeper;
    private final Events events;
    private final IntConsumer woken;
    private final Map<Integer, Long> floors = new HashMap<>();
    private Horizon seen = Horizon.NOTHING;
    private int connection;
    private long fromStart = System.nanoTime();
    private final ScheduleKeeper schedules;

    Promoter(Link link, FloorKeeper floorKeeper, Events events, IntConsumer woken, ScheduleKeeper schedules) {
        this.link = link;
        this.floorKeeper = floorKeeper;
        this.events = events;
        this.woken = woken;
        this.schedules = schedules;
    }

    /** One batch of every queue that has jobs due; answers whether there may be more. */
    boolean run(long now) throws SQLException {
        lowerFloors(now);
        Due due = link.inTransaction(connection -> PromotionStore.nextDue(connection, floors));
        schedules.seen(due, System.nanoTime());
        long clock = seen.drawn().clock();
        floors.replaceAll((queue, floor) ->
                Math.max(floor, Math.min(due.next().getOrDefault(queue, Long.MAX_VALUE) - 1, clock)));
        boolean more = false;
        Failures failures = new Failures();
        for (Map.Entry<Integer, Long> each : due.next().entrySet()) {
            if (each.getValue() <= due.clock()) {
                int[] promoted = {0};
                failures.collect(() -> promoted[0] = promote(each.getKey()));
                more |= promoted[0] == Limits.PROMOTION_BATCH;
            }
        }
        failures.throwFirst();
        return more;
    }

    private void lowerFloors(long now) throws SQLException {
        Horizon horizon = floorKeeper.horizon();
        if (link.opened() != connection || now - fromStart >= 0) {
            connection = link.opened();
            fromStart = now + FROM_START_EVERY;
            floors.clear();
        }
        long reopened = horizon.reopenedDue(seen);
        floors.replaceAll((queue, floor) -> Math.max(0, Math.min(floor, reopened)));
        horizon.drawn().positions().keySet().forEach(queue -> floors.putIfAbsent(queue, 0L));
        seen = horizon;
    }

    private int promote(int queueId) throws SQLException {
        long floor = floors.getOrDefault(queueId, 0L);
        int promoted = link.inTransaction(
                connection -> PromotionStore.promote(connection, queueId, floor, Limits.PROMOTION_BATCH));
        if (promoted > 0) {
            woken.accept(queueId);
            events.tell(new JobsPromoted(promoted));
        }
        return promoted;
    }
}
