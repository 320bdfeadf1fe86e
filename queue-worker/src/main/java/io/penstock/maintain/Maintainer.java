package io.penstock.maintain;

import io.penstock.connect.Link;
import io.penstock.database.ServerIdentity;
import io.penstock.database.SqlFailure;
import io.penstock.handover.Horizon;
import io.penstock.handover.Signal;
import io.penstock.observe.Events;
import io.penstock.store.Leaf;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what has to be done for everybody, on a connection of its own. Every worker does all of it: what two do at once
 * passes by each other's locks, and a worker that is frozen keeps nothing from being done.
 */
public final class Maintainer implements Runnable {

    /** Longer than this without a look, and whoever relies on looks looks for himself. */
    private static final long BLIND = 3 * Pace.LONGEST;

    private static final Logger log = LoggerFactory.getLogger(Maintainer.class);

    /** One of the duties, tried again at its next turn if it fails. */
    @FunctionalInterface
    private interface Duty {
        void run() throws SQLException;
    }

    private final Link link;
    private final LongSupplier self;
    private final IntConsumer woken;
    private final Runnable moved;
    private final Consumer<Set<Integer>> paused;
    private final Pace pace;
    private final Rescuer rescuer;
    private final DayKeeper days;
    private final FloorKeeper floors;
    private final ScheduleKeeper schedules;
    private final Promoter promoter;
    private final SegmentKeeper segments;
    private final Signal signal = new Signal();
    private volatile boolean stopping;
    private Look look = Look.NOTHING;
    private boolean promoteMore;

    /**
     * A maintainer that starts with {@link #run}.
     *
     * @param self this worker's number
     * @param hears whether the worker is told of work; else everything is found by looking
     * @param woken called with the id of a queue that has got work
     * @param moved called when jobs may have been enqueued anywhere
     * @param paused called with the queues that are paused
     */
    public Maintainer(
            Link link,
            Events events,
            LongSupplier self,
            BooleanSupplier hears,
            IntConsumer woken,
            Runnable moved,
            Consumer<Set<Integer>> paused) {
        this.link = link;
        this.self = self;
        this.woken = woken;
        this.moved = moved;
        this.paused = paused;
        this.pace = new Pace(hears);
        this.days = new DayKeeper(link, hears);
        this.floors = new FloorKeeper(link);
        this.schedules = new ScheduleKeeper(link, events, woken);
        this.promoter = new Promoter(link, floors, events, woken);
        this.segments = new SegmentKeeper(link, floors);
        this.rescuer = new Rescuer(link, events, woken, segments);
    }

    /** How far back jobs may still appear. Safe for use by many threads. */
    public Horizon horizon() {
        return floors.horizon();
    }

    /**
     * The same, for who concludes from it that nothing has happened. It is nothing if nobody has looked for a while; and if the
     * looking has a newer connection than what was last heard on the caller's: the server may have crashed in between.
     *
     * @param heardAt when the caller's own connection was last seen to work
     */
    public Horizon horizon(long now, long heardAt) {
        Horizon horizon = floors.horizon();
        boolean trusted = now - horizon.checkedAt() < BLIND && heardAt - horizon.connectedAt() > 0;
        return trusted ? horizon : Horizon.NOTHING;
    }

    /** A lane has a new connection, and trusts no horizon read before. Safe for use by many threads. */
    public void connected() {
        floors.renew();
        stir();
    }

    /** There may be something to do soon, such as a job to be retried. Safe for use by many threads. */
    public void stir() {
        if (pace.quicken()) {
            signal.give();
        }
    }

    /** Up to where there is no job in a leaf, by level, for a connection opened then. Safe for use by many threads. */
    public long[] floors(Leaf leaf, ServerIdentity server, long connectedAt) {
        return segments.floors(leaf, server, connectedAt);
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                boolean well = duty("schedules", () -> schedules.run(System.nanoTime()))
                        && duty("days", () -> days.run(System.nanoTime()))
                        && duty("watch", this::watch)
                        && duty("promotion", this::promote)
                        && duty("segments", () -> segments.run(System.nanoTime()))
                        && duty("rescue", this::rescue);
                if (well && !promoteMore) {
                    long now = System.nanoTime();
                    signal.await(pace.next(Math.min(look.untilDue(now), schedules.untilDue(now))));
                }
            }
        } catch (InterruptedException interrupted) {
            log.debug("the maintainer was interrupted and ends", interrupted);
        } finally {
            link.close();
        }
    }

    public void stop() {
        stopping = true;
        signal.give();
    }

    /** A lost connection ends the round; anything else only the duty. */
    private boolean duty(String name, Duty duty) throws InterruptedException {
        try {
            duty.run();
            return true;
        } catch (SQLException failure) {
            Duration pause = link.failed(failure);
            if (!SqlFailure.connectionLost(failure) && !SqlFailure.contention(failure)) {
                log.warn("{} failed, trying again in {} ms: {}", name, pause.toMillis(), SqlFailure.describe(failure));
            }
            signal.await(pause.toNanos());
            return !SqlFailure.connectionLost(failure);
        } catch (RuntimeException | Error defect) {
            Events.defect("the " + name, defect);
            signal.await(Pace.SHORTEST);
            return true;
        }
    }

    /** A queue into which an earlier transaction may have enqueued below its floors is looked into at once. */
    private void watch() throws SQLException {
        look = Look.NOTHING;
        promoteMore = false;
        Look taken = Look.take(link, self.getAsLong(), promoter.floors(System.nanoTime()));
        Horizon before = floors.run(taken);
        Horizon now = floors.horizon();
        for (int queueId : now.drawn().positions().keySet()) {
            if (now.reopened(before, queueId) < before.drawn().position(queueId)) {
                woken.accept(queueId);
            }
        }
        if (!now.sameAs(before)) {
            pace.quicken();
            moved.run();
        }
        paused.accept(taken.watched().paused());
        schedules.seen(taken.watched(), taken.at());
        look = taken;
    }

    private void promote() throws SQLException {
        promoteMore = false;
        if (look.taken()) {
            promoteMore = promoter.run(look);
        }
    }

    private void rescue() throws SQLException {
        if (look.taken()) {
            rescuer.run(look);
        }
        if (rescuer.watchful()) {
            pace.quicken();
        }
    }
}
