package io.penstock.maintain;

import io.penstock.connect.Link;
import io.penstock.database.SqlFailure;
import io.penstock.handover.Settled;
import io.penstock.handover.Signal;
import io.penstock.job.Limits;
import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent.JobsPromoted;
import io.penstock.store.PromotionStore;
import io.penstock.store.QueueStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
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
    private static final Duration DAYS_EVERY = Duration.ofHours(1);

    /** One of the duties, tried again at its next turn if it fails. */
    @FunctionalInterface
    private interface Duty {
        void run() throws SQLException;
    }

    private final Link link;
    private final Events events;
    private final IntConsumer woken;
    private final Rescuer rescuer;
    private final FloorKeeper floors;
    private final Signal signal = new Signal();
    private volatile boolean stopping;
    private long daysEnsured = System.nanoTime() - DAYS_EVERY.toNanos();

    /**
     * A maintainer that starts with {@link #run}.
     *
     * @param self this worker's number
     * @param woken called with the id of a queue that has got work
     */
    public Maintainer(Link link, Events events, LongSupplier self, IntConsumer woken) {
        this.link = link;
        this.events = events;
        this.woken = woken;
        this.rescuer = new Rescuer(link, events, self, woken);
        this.floors = new FloorKeeper(link);
    }

    /** Up to which positions everything is settled. Safe for use by many threads. */
    public Settled settled() {
        return floors.settled();
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                boolean well = duty("days", this::ensureDays)
                        && duty("floors", floors::run)
                        && duty("promotion", this::promote)
                        && duty("rescue", () -> rescuer.run(System.nanoTime()));
                if (well) {
                    signal.await(TICK.toNanos());
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

    private void ensureDays() throws SQLException {
        if (System.nanoTime() - daysEnsured >= DAYS_EVERY.toNanos()) {
            link.inTransaction(QueueStore::ensureDays);
            daysEnsured = System.nanoTime();
        }
    }

    private void promote() throws SQLException {
        int promoted;
        do {
            Map<Integer, Integer> byQueue =
                    link.inTransaction(connection -> PromotionStore.promote(connection, Limits.PROMOTION_BATCH));
            byQueue.keySet().forEach(woken::accept);
            promoted = byQueue.values().stream().mapToInt(Integer::intValue).sum();
            if (promoted > 0) {
                events.tell(new JobsPromoted(promoted));
            }
        } while (promoted == Limits.PROMOTION_BATCH && !stopping);
    }
}
