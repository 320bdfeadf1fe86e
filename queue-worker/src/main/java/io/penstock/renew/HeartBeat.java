package io.penstock.renew;

import io.penstock.connect.Link;
import io.penstock.job.Limits;
import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent.WorkerFenced;
import io.penstock.observe.WorkerEvent.WorkerStarted;
import io.penstock.store.WorkerStore;
import io.penstock.store.WorkerStore.Beat;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that this worker lives, on a connection of its own that nothing else waits on, and hears there who wakes it.
 *
 * <p>The connection also holds a session lock under the worker's number: when the process dies, the server frees it, and
 * others notice within {@link Limits#DEATH_NOTICE} and their next look. Losing the connection alone fences nobody as long
 * as the worker is back, and beats, within that time. Once fenced, a number is never alive again: the worker takes a new
 * one, and what ran under the old one is refused at its end.
 */
public final class HeartBeat implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(HeartBeat.class);
    private static final int SLICE_MILLISECONDS = 250;
    private static final Duration HEARD_WITHIN = Duration.ofMillis(500);

    private final String worker;
    private final Link link;
    private final Events events;
    private final Runnable fenced;
    private final Consumer<Map<UUID, Long>> cancelled;
    private final IntConsumer woken;
    private volatile long workerId;
    private volatile long lastBeat;
    private volatile long movedAt = System.nanoTime();
    private volatile boolean stopping;
    private final String ownChannel = "penstock_" + UUID.randomUUID().toString().replace("-", "");
    private volatile boolean hears;
    private int prepared;
    private boolean sessionLock;

    /**
     * A heart-beat that starts with {@link #run}.
     *
     * @param fenced called when the worker finds itself taken for dead
     * @param cancelled called with each beat: the lease tokens of attempts that are to be cancelled, by job
     * @param woken called with the id of a queue that has got work
     */
    public HeartBeat(
            String worker,
            Link link,
            Events events,
            Runnable fenced,
            Consumer<Map<UUID, Long>> cancelled,
            IntConsumer woken) {
        this.worker = worker;
        this.link = link;
        this.events = events;
        this.fenced = fenced;
        this.cancelled = cancelled;
        this.woken = woken;
    }

    /** The number that claims are made under; 0 before the first registration. */
    public long workerId() {
        return workerId;
    }

    /** Whether the last beat is recent enough that nobody can have taken this worker for hung. */
    public boolean fresh() {
        return workerId != 0 && System.nanoTime() - lastBeat < Limits.LEASE.toNanos() / 2;
    }

    /** When its loop last turned, with a beat or without. */
    public long movedAt() {
        return movedAt;
    }

    /** Whether notifications reach this worker; behind a pooler that lends connections by the transaction they do not. */
    public boolean hears() {
        return hears;
    }

    /**
     * Registers at once, so that a worker which cannot fails at its start, to the face of whoever starts it. Finds out whether
     * it hears: something is said to it over another connection while its own is idle, which a pooler gives to nobody.
     */
    public void register(Link other) throws SQLException {
        beat();
        other.inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute("NOTIFY " + ownChannel);
            }
        });
        listen(HEARD_WITHIN, () -> hears);
        if (hears) {
            beat(); // with the session lock
        } else {
            log.info(
                    "worker \"{}\": notifications do not come through its connections, as behind a pooler that lends them"
                            + " by the transaction; work is found by looking five times a second, and a killed worker by"
                            + " its lease of {} s",
                    worker,
                    Limits.LEASE.toSeconds());
        }
    }

    /** Gives the connection back of a worker that never came to run. */
    public void abandon() {
        link.close();
    }

    @Override
    public void run() {
        while (!stopping) {
            movedAt = System.nanoTime();
            try {
                beat();
                listen(Limits.HEARTBEAT, () -> stopping);
            } catch (SQLException failure) {
                Duration wait = link.failed(failure);
                pause(wait.compareTo(Limits.HEARTBEAT) < 0 ? wait : Limits.HEARTBEAT);
            } catch (RuntimeException | Error defect) {
                Events.defect("a heart-beat", defect);
                pause(Limits.HEARTBEAT);
            }
        }
    }

    /** Ends the loop; the number stays registered until {@link #end}. */
    public void stop() {
        stopping = true;
    }

    /**
     * Gives the connection back, for the thread that has joined the loop. A worker that left nothing behind takes itself off
     * the list; one that may have left something stays on it, so that others find it dead and look for that.
     */
    public void end(boolean leftNothing) throws SQLException {
        try {
            if (leftNothing) {
                link.inTransaction(connection -> {
                    WorkerStore.remove(connection, workerId);
                    return workerId;
                });
            }
        } finally {
            link.close();
        }
    }

    private void beat() throws SQLException {
        prepare();
        long sent = System.nanoTime();
        Beat beat = link.inTransaction(connection -> WorkerStore.beat(connection, workerId, sessionLock));
        if (beat.alive()) {
            lastBeat = sent;
            cancelled.accept(beat.cancelled());
            return;
        }
        events.tell(new WorkerFenced(worker, workerId));
        fenced.run();
        workerId = 0;
        link.close(); // and with the session, the old number's lock
        beat();
    }

    /** What a new connection, or a new number, needs before it can beat. */
    private void prepare() throws SQLException {
        if (prepared != link.opened()) {
            link.inTransaction(this::listenTo);
            sessionLock = false;
            prepared = link.opened();
        }
        if (workerId == 0) {
            workerId = link.inTransaction(connection -> WorkerStore.register(connection, worker, Limits.LEASE));
            events.tell(new WorkerStarted(worker, workerId));
        }
        if (hears && !sessionLock) { // behind such a pooler a lock would outlive us
            sessionLock = link.inTransaction(connection -> WorkerStore.lockSession(connection, workerId));
        }
    }

    /** Hands on what wakes a queue, until a time is over or there is another end to it. */
    private void listen(Duration duration, BooleanSupplier end) throws SQLException {
        PGConnection notifications = link.connection().unwrap(PGConnection.class);
        long until = System.nanoTime() + duration.toNanos();
        while (!end.getAsBoolean() && System.nanoTime() < until) {
            PGNotification[] received = notifications.getNotifications(SLICE_MILLISECONDS);
            for (PGNotification notification : received == null ? new PGNotification[0] : received) {
                if (notification.getName().equals(ownChannel)) {
                    hears = true;
                } else {
                    wake(notification.getParameter());
                }
            }
        }
    }

    /** Anybody may notify on the channel: what is no queue's number is nobody's wake-up. */
    private void wake(String queueId) {
        if (queueId.matches("\\d{1,9}")) {
            woken.accept(Integer.parseInt(queueId));
        }
    }

    private boolean listenTo(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute("LISTEN penstock_wake; LISTEN " + ownChannel);
        }
    }

    private void pause(Duration duration) {
        long until = System.nanoTime() + duration.toNanos();
        try {
            while (!stopping && System.nanoTime() < until) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (InterruptedException interrupted) {
            stopping = true;
        }
    }
}
