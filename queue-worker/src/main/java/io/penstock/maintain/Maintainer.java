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
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what has to be done for everybody, on a connection of its own. Every worker does all of it: what two do at once
 * passes by each other's locks, and a worker that is frozen keeps nothing from being done.
 */
public final class Maintainer implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Maintainer.class);
    private static final Duration TICK = Duration.ofMillis(200);

    /** One of the duties, tried again at its next turn if it fails. */
    @FunctionalInterface
    private interface Duty {
        void run() throws SQLException;
    }

    private final Link link;
    private final IntConsumer woken;
    private final Rescuer rescuer;
    private final DayKeeper days;
    private final FloorKeeper floors;
    private final ScheduleKeeper schedules;
    private final Promoter promoter;
    private final SegmentKeeper segments;
    private final Signal signal = new Signal();
    private volatile boolean stopping;
    private boolean promoteMore;

    /**
     * A maintainer that starts with {@link #run}.
     *
     * @param self this worker's number
     * @param woken called with the id of a queue that has got work
     */
    public Maintainer(Link link, Events events, LongSupplier self, IntConsumer woken) {
        this.link = link;
        this.woken = woken;
        this.days = new DayKeeper(link);
        this.floors = new FloorKeeper(link);
        this.schedules = new ScheduleKeeper(link, events, woken);
        this.promoter = new Promoter(link, floors, events, woken, schedules);
        this.segments = new SegmentKeeper(link, floors);
        this.rescuer = new Rescuer(link, events, self, woken, segments);
    }

    /** How far back jobs may still appear. Safe for use by many threads. */
    public Horizon horizon() {
        return floors.horizon();
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
                        && duty("floors", this::moveFloors)
                        && duty("promotion", this::promote)
                        && duty("segments", () -> segments.run(System.nanoTime()))
                        && duty("rescue", () -> rescuer.run(System.nanoTime()));
                if (well && !promoteMore) {
                    signal.await(schedules.pause(System.nanoTime(), TICK.toNanos()));
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
        } catch (RuntimeException defect) {
            log.error("a defect ended the {} of this worker, it is tried again; please report it", name, defect);
            signal.await(TICK.toNanos());
            return true;
        }
    }

    /** A queue into which an earlier transaction may have enqueued below its floors is looked into at once. */
    private void moveFloors() throws SQLException {
        Horizon before = floors.run();
        Horizon now = floors.horizon();
        for (int queueId : now.drawn().positions().keySet()) {
            if (now.reopened(before, queueId) < before.drawn().position(queueId)) {
                woken.accept(queueId);
            }
        }
    }

    private void promote() throws SQLException {
        promoteMore = false;
        promoteMore = promoter.run(System.nanoTime());
    }
}
