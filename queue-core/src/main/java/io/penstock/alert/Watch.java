package io.penstock.alert;

import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.job.Checks;
import io.penstock.objective.Condition;
import io.penstock.objective.LateCause;
import io.penstock.store.HistogramStore;
import io.penstock.store.HistogramStore.Measured;
import io.penstock.store.LatenessStore;
import io.penstock.store.LatenessStore.Late;
import io.penstock.store.ObjectiveStore;
import io.penstock.store.ObjectiveStore.StoredObjective;
import io.penstock.store.SampleStore;
import io.penstock.store.SampleStore.Position;
import io.penstock.store.TallyStore;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches over queues and objectives, on a connection and a thread of its own. Every worker has one, and so has the admin endpoint, so that there is one
 * where all workers have stopped. What is to be looked at is looked at by whoever comes first; all of them judge it, and the first to see something wrong
 * tells of it: one that is frozen keeps nobody from that.
 */
public final class Watch implements AutoCloseable {

    /** How long an alert stays open after it was last seen to hold. */
    public static final Duration HOLD = Duration.ofMinutes(2);

    private static final Logger log = LoggerFactory.getLogger(Watch.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    /** The longest between two looks. */
    static final Duration AT_REST = Duration.ofSeconds(5);

    private static final Duration AGAIN = Duration.ofSeconds(2);
    private static final Duration CLOSE = Duration.ofSeconds(3);
    private static final long KEEP_EVERY = micros(Duration.ofSeconds(5));
    private static final long MERGE_EVERY = Duration.ofMinutes(1).toMillis();
    private static final long THIN_EVERY = Duration.ofHours(1).toMillis();
    private static final long WRITE_TIMES_EVERY = micros(Duration.ofSeconds(20));

    private final String name;
    private final DataSource dataSource;
    private final Times times;
    private final Telling telling;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Looks looks = new Looks();
    private final Judgement judgement = new Judgement();
    private final Locks locks = new Locks();
    private final Thread thread;
    private List<StoredObjective> objectives = List.of();
    private @Nullable Session session;
    private boolean failing;
    private long readObjectives = Long.MIN_VALUE;
    private long wroteTimes;
    private long kept = Long.MIN_VALUE;

    /**
     * A watch that begins with {@link #start}, or is stepped by {@link #look}.
     *
     * @param name of the process, for its thread
     * @param times what this process has counted, which is written by the way
     */
    public Watch(String name, DataSource dataSource, Times times, List<AlertListener> listeners) {
        this.name = name;
        this.dataSource = Checks.present("data source", dataSource);
        this.times = times;
        this.telling = new Telling(listeners);
        this.thread = new Thread(this::run, "penstock-" + name + "-watch");
    }

    public Watch start() {
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    @Override
    public void close() {
        stopping.countDown();
        thread.interrupt(); // it may wait for a connection
        try {
            thread.join(CLOSE.toMillis());
            if (thread.isAlive()) {
                log.info("watch of \"{}\": its last statement has no answer yet, it ends by itself after that", name);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        Duration wait = Duration.ZERO;
        try {
            while (!stopping.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                wait = step();
            }
        } catch (InterruptedException interrupted) {
            log.debug("the watch was interrupted and ends", interrupted);
        } finally {
            closeSession();
        }
    }

    /** One look, with what fails told. */
    Duration step() {
        try {
            Duration next = look();
            if (failing) {
                failing = false;
                log.info("watch of \"{}\": queues and objectives are looked at again", name);
            }
            return next;
        } catch (SQLException failure) {
            if (SqlFailure.contention(failure)) {
                return EVERY;
            }
            closeSession();
            telling.interrupted();
            if (!failing) {
                failing = true;
                log.warn(
                        "watch of \"{}\": queues and objectives cannot be looked at, trying again every {} s: {}",
                        name,
                        AGAIN.toSeconds(),
                        SqlFailure.describe(failure));
            }
            return AGAIN;
        } catch (RuntimeException | Error defect) {
            log.error("a defect ended a look of this watch, it goes on; please report it", defect);
            return AGAIN;
        }
    }

    private void closeSession() {
        if (session != null) {
            session.close();
            session = null;
        }
    }

    private Session session() throws SQLException {
        if (session == null) {
            session = Session.openLocal(dataSource, TransactionLimits.MAINTENANCE);
        }
        return session;
    }

    /** Looks, judges and tells, once; answers in what time to look again. For who steps the watch instead of starting it. */
    public Duration look() throws SQLException {
        Session open = session();
        List<Position> positions = open.inTransaction(SampleStore::positions);
        if (positions.isEmpty()) {
            return AT_REST;
        }
        long now = positions.get(0).at();
        if (now >= readObjectives + KEEP_EVERY || now < readObjectives) {
            readObjectives = now;
            objectives = open.inTransaction(ObjectiveStore::all);
            times.promised(objectives);
        }
        Duration next = looks.take(open, positions, objectives, judgement::trend, now);
        keep(open, now);
        writeTimes(open, now);
        judgement.read(open, now);
        List<Condition> conditions = judgement.conditions(objectives, positions);
        conditions.addAll(looks.blind(now));
        conditions.addAll(locks.look(open, now));
        telling.tell(open, conditions, now);
        return next;
    }

    /** Judges minutes, merges, thins: what one process does for all. */
    private void keep(Session open, long now) throws SQLException {
        if (kept <= now && now < kept + KEEP_EVERY) {
            return;
        }
        kept = now;
        open.inTransaction(TallyStore::judgeMinutes);
        if (open.inTransaction(connection -> TallyStore.takePulse(connection, "merge", MERGE_EVERY))) {
            open.inTransaction(TallyStore::merge);
        }
        if (open.inTransaction(connection -> TallyStore.takePulse(connection, "thin", THIN_EVERY))) {
            open.inTransaction(TallyStore::thin);
        }
    }

    private void writeTimes(Session open, long now) throws SQLException {
        if (now >= wroteTimes && now - wroteTimes < WRITE_TIMES_EVERY) {
            return;
        }
        wroteTimes = now;
        Map<Measured, long[]> counted = times.take();
        if (!counted.isEmpty()) {
            open.inTransaction(connection -> {
                HistogramStore.add(connection, counted);
                return counted;
            });
        }
        Map<Late, Map<LateCause, Long>> late = times.takeLate();
        if (!late.isEmpty()) {
            open.inTransaction(connection -> {
                LatenessStore.add(connection, late);
                return late;
            });
        }
    }

    static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }
}
