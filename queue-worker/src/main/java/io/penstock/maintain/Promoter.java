package io.penstock.maintain;

import io.penstock.connect.Link;
import io.penstock.handover.Horizon;
import io.penstock.job.Limits;
import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent.JobsPromoted;
import io.penstock.store.PauseStore;
import io.penstock.store.PromotionStore;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Moves due jobs into line, and those whose pause is over; queue by queue and a batch of each at a time, so that a hundred thousand that are due in one
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

    Promoter(Link link, FloorKeeper floorKeeper, Events events, IntConsumer woken) {
        this.link = link;
        this.floorKeeper = floorKeeper;
        this.events = events;
        this.woken = woken;
    }

    /**
     * By queue id, the due time up to which nothing waits there: the next look begins behind it. What is known of the horizon
     * now is what was true before that look.
     */
    Map<Integer, Long> floors(long now) throws SQLException {
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
        return floors;
    }

    /** One batch of every queue that has jobs due; answers whether there may be more. */
    boolean run(Look look) throws SQLException {
        if (look.connection() != connection) {
            return false; // it was taken above the floors of another connection, perhaps to another server
        }
        Map<Integer, Long> due = look.watched().due();
        long clock = seen.drawn().clock();
        floors.replaceAll((queue, floor) ->
                Math.max(floor, Math.min(due.getOrDefault(queue, Long.MAX_VALUE) - 1, clock)));
        boolean more = false;
        int[] released = {0};
        Failures failures = new Failures();
        for (Map.Entry<Integer, Long> each : due.entrySet()) {
            if (each.getValue() <= look.watched().drawn().clock()) {
                int[] promoted = {0};
                failures.collect(() -> promoted[0] = promote(each.getKey()));
                more |= promoted[0] == Limits.PROMOTION_BATCH;
            }
        }
        if (look.watched().parkedForPauses()) {
            failures.collect(() -> released[0] = release());
        }
        failures.throwFirst();
        return more || released[0] == Limits.PROMOTION_BATCH;
    }

    /** One batch of what was parked for a pause that is over; answers how many. */
    private int release() throws SQLException {
        List<Integer> queues = link.inTransaction(connection -> PauseStore.release(connection, Limits.PROMOTION_BATCH));
        queues.stream().distinct().forEach(woken::accept);
        if (!queues.isEmpty()) {
            events.tell(new JobsPromoted(queues.size()));
        }
        return queues.size();
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
