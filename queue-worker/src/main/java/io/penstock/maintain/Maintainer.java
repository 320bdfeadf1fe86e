package io.penstock.maintain;

import io.penstock.connect.Link;
import io.penstock.database.ServerIdentity;
import io.penstock.database.SqlFailure;
import io.penstock.handover.Horizon;
import io.penstock.handover.Signal;
import io.penstock.observe.Events;
import io.penstock.store.FleetStore.Member;
import io.penstock.store.Leaf;
import io.penstock.store.ProgressStore;
import io.penstock.store.ProgressStore.Said;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what has to be done for everybody, on a connection of its own. Every worker does all of it: what two do at once
 * passes by each other's locks, and a worker that is frozen keeps nothing from being done.
 */
public final class Maintainer implements Runnable {

    /** Longer than this without a look, and whoever relies on looks looks for himself. */
    private static final long BLIND = 3 * Pace.LONGEST;

    /** What counts as the time between two steps without the loop, so that none leaves anything to a later one. */
    private static final long STEP = Duration.ofSeconds(1).toNanos();

    private static final Logger log = LoggerFactory.getLogger(Maintainer.class);

    /** One of the duties, tried again at its next turn if it fails. */
    @FunctionalInterface
    private interface Duty {
        void run() throws SQLException;
    }

    private final Link link;
    private final Surroundings worker;
    private final Pace pace;
    private final Rescuer rescuer;
    private final DayKeeper days;
    private final TransactionKeeper transactions;
    private final FloorKeeper floors;
    private final ScheduleKeeper schedules;
    private final BatchKeeper batches;
    private final @Nullable FleetKeeper fleet;
    private final SlotKeeper slots;
    private final Promoter promoter;
    private final SegmentKeeper segments;
    private final Signal signal = new Signal();
    private volatile boolean stopping;
    private volatile boolean stirred;
    private Look look = Look.NOTHING;
    private boolean promoteMore;
    private long steps;

    /**
     * A maintainer that starts with {@link #run}.
     *
     * @param brings what the worker brings to the fleet, whatever its number; null if budgets mean nothing to it
     */
    public Maintainer(Link link, Events events, Surroundings worker, @Nullable Member brings) {
        this.link = link;
        this.worker = worker;
        this.pace = new Pace(worker::hears);
        this.days = new DayKeeper(link, worker::hears);
        this.transactions = new TransactionKeeper(link, events);
        this.floors = new FloorKeeper(link);
        this.schedules = new ScheduleKeeper(link, events, worker::woken);
        this.batches = new BatchKeeper(link, events, worker::woken);
        this.slots = new SlotKeeper(link, worker);
        this.fleet = brings == null ? null : new FleetKeeper(link, brings, events, slots::shared);
        this.promoter = new Promoter(link, floors, events, worker::woken);
        this.segments = new SegmentKeeper(link, floors);
        this.rescuer = new Rescuer(link, events, worker::woken, segments);
    }

    /** Before it runs: the worker joins the fleet under its number, and has its shares of the budgets. */
    public void join() throws SQLException {
        try {
            share();
        } catch (SQLException failure) {
            if (!SqlFailure.contention(failure)) {
                throw failure;
            }
            log.debug("others divide the budgets at this moment, which is looked at again at once", failure);
        }
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
            stirred = true;
            signal.give();
        }
    }

    /** A job with this metadata has ended, which a batch may wait for. Safe for use by many threads. */
    public void ended(String metadata) {
        if (batches.ended(metadata)) {
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
                        && duty("transactions", () -> transactions.run(System.nanoTime()))
                        && duty("watch", this::watch)
                        && duty("shares", this::share)
                        && duty("promotion", this::promote)
                        && duty("batches", () -> batches.run(System.nanoTime()))
                        && duty("segments", () -> segments.run(System.nanoTime()))
                        && duty("rescue", this::rescue)
                        && duty("progress", this::writeProgress);
                if (well && !promoteMore) {
                    rest();
                }
            }
        } catch (InterruptedException interrupted) {
            log.debug("the maintainer was interrupted and ends", interrupted);
        } finally {
            link.close();
        }
    }

    /** Until the next look is due. Batches that are told of meanwhile are advanced, and nothing else is looked at for that. */
    private void rest() throws InterruptedException {
        long start = System.nanoTime();
        long wait = pace.next(Math.min(look.untilDue(start), schedules.untilDue(start)));
        boolean well = true;
        for (long now = start; well && !stopping && !stirred && now - start < wait; now = System.nanoTime()) {
            signal.await(Math.min(wait - (now - start), batches.untilDue(now)));
            well = duty("batches", () -> batches.run(System.nanoTime()));
        }
        stirred = false;
    }

    /**
     * What the loop does about time, once: schedules make the jobs that they owe, batches go on, and due jobs are moved into
     * line.
     */
    public void turn() throws SQLException {
        if (!look.taken()) {
            watch(); // the first look of all learns only which queues there are
        }
        watch();
        schedules.run(System.nanoTime());
        batches.run(nextStep());
        do {
            promote();
        } while (promoteMore);
    }

    /** As {@link #ended}, for who works without the loop: its batch has gone on when this returns. */
    public void endedBetweenTurns(String metadata) throws SQLException {
        if (batches.ended(metadata)) {
            batches.run(nextStep());
        }
    }

    private long nextStep() {
        steps += STEP;
        return steps;
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
        Look taken = Look.take(link, worker.workerId(), promoter.floors(System.nanoTime()));
        Horizon before = floors.run(taken);
        Horizon now = floors.horizon();
        for (int queueId : now.drawn().positions().keySet()) {
            if (now.reopened(before, queueId) < before.drawn().position(queueId)) {
                worker.woken(queueId);
            }
        }
        if (!now.sameAs(before)) {
            pace.quicken();
            worker.moved();
        }
        worker.paused(taken.watched().paused());
        taken.watched().parked().forEach(worker::woken);
        schedules.seen(taken.watched(), taken.at());
        batches.seen(taken.watched());
        look = taken;
    }

    private void share() throws SQLException {
        if (fleet != null) {
            fleet.run(look.watched(), worker.workerId());
            slots.run(worker.workerId());
        }
    }

    private void promote() throws SQLException {
        promoteMore = false;
        if (look.taken()) {
            promoteMore = promoter.run(look);
        }
    }

    private void writeProgress() throws SQLException {
        List<Said> said = worker.progress();
        if (!said.isEmpty()) {
            link.inTransaction(connection -> {
                ProgressStore.write(connection, said);
                return said;
            });
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
