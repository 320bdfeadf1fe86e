package io.penstock.worker;

import io.penstock.complete.Completer;
import io.penstock.complete.Written;
import io.penstock.connect.Link;
import io.penstock.database.CommitUnknownException;
import io.penstock.database.SqlFailure;
import io.penstock.dispatch.Reservation;
import io.penstock.handover.EndedAttempt;
import io.penstock.handover.Horizon;
import io.penstock.handover.Signal;
import io.penstock.job.Limits;
import io.penstock.observe.Events;
import io.penstock.store.ClaimedJob;
import io.penstock.store.WorkerStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The database loop of some queues, on one connection: what has ended is written and what may run is claimed in one
 * transaction. Queues with a guarantee have a lane of their own, so that no statement of a heavy queue is ever in their
 * way.
 *
 * <p>If such a transaction fails for any reason but the connection, its parts are tried {@link OneByOne} at once.
 */
final class Lane implements Runnable {

    private static final long DEFECT_PAUSE = Duration.ofSeconds(1).toNanos();

    /** A look that is due and was denied a permit is tried again then, unless a free permit is signalled before. */
    private static final long DENIED_LOOK_AGAIN = Duration.ofMillis(20).toNanos();

    /** How long queues at rest are believed to be so before that is thought over again, which costs no statement. */
    private static final long AT_REST = Duration.ofSeconds(1).toNanos();

    /** A connection that nothing is sent on for minutes is cut by some networks, which the first claim would find out. */
    private static final long KEEP_ALIVE = Duration.ofSeconds(30).toNanos();

    private final WorkerParts parts;
    private final Link link;
    private final Map<Integer, LaneQueue> queues = new LinkedHashMap<>();
    private final Signal signal = new Signal();
    private final Completer completer = new Completer(signal);
    private final InHand inHand;
    private final Sleep sleep;
    private final Orphans orphans;
    private final LaneTransaction transaction;
    private final Gathering gathering;
    private final OneByOne oneByOne;
    private long heardAt = System.nanoTime();
    private volatile long movedAt = System.nanoTime();
    private volatile boolean draining;
    private volatile boolean stopping;
    private volatile boolean leftNothing;

    Lane(WorkerParts parts, Link link, List<LaneQueue> queues) {
        this.parts = parts;
        this.link = link;
        queues.forEach(queue -> this.queues.put(queue.id, queue));
        this.inHand = new InHand(parts, this.queues, completer);
        this.sleep = new Sleep(parts, link, this.queues.values());
        this.orphans = new Orphans(parts, link, this.queues.values());
        this.transaction = new LaneTransaction(parts, link, this.queues, sleep);
        this.gathering = new Gathering(parts.dispatcher(), completer, this.queues.keySet());
        this.oneByOne = new OneByOne(this, parts, link, completer, this.queues);
    }

    /** Something may have changed: work arrived, or a permit is free. Safe for use by many threads. */
    void signal() {
        signal.give();
    }

    /** Claims nothing from now on; what runs is written as it ends. */
    void drain() {
        draining = true;
        signal.give();
    }

    /** When its last round began. */
    long movedAt() {
        return movedAt;
    }

    boolean idle() {
        return inHand.empty();
    }

    /** Gives back what still runs, and ends. */
    void stop() {
        stopping = true;
        signal.give();
    }

    /** Whether the lane has ended and nothing in the database can still be owned by it. */
    boolean leftNothing() {
        return leftNothing;
    }

    boolean serves(int queueId) {
        return queues.containsKey(queueId);
    }

    boolean hungry() {
        return queues.keySet().stream().anyMatch(parts.dispatcher()::hungry);
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                movedAt = System.nanoTime();
                try {
                    round();
                } catch (RuntimeException | Error defect) {
                    Events.defect("a round", defect);
                    orphans.mayExist(System.nanoTime()); // what was claimed and not started is given back
                    signal.await(DEFECT_PAUSE);
                }
            }
            giveBack();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            link.close();
        }
    }

    private void round() throws InterruptedException {
        long now = System.nanoTime();
        queues.values().stream()
                .filter(queue -> queue.rateAllowsAgain(now) && !queue.failing())
                .forEach(queue -> parts.dispatcher().resume(queue.id));
        if (oneByOne.allWell()) { // else what is set aside would be counted as having ended just now
            gathering.await(inHand.size(), () -> parts.dispatcher().wouldGrant(claimable(), probed(now)));
        }
        List<EndedAttempt> ended = completer.take(Limits.COMPLETION_BATCH, oneByOne::well);
        ended.stream()
                .map(EndedAttempt::job)
                .filter(ClaimedJob::holdsKey) // its key has room now, perhaps for a parked job
                .forEach(job -> parts.dispatcher().wake(job.leaf().queueId()));
        Reservation reservation = reserve(now, finishing(ended));
        if (ended.isEmpty() && reservation.empty()) {
            if (!oneByOne.tryFailing(now)) {
                waitForWork(now);
            }
            return;
        }
        try {
            Round round = commit(ended, reservation, now, false);
            if (!ended.isEmpty()
                    && round.written().held().size() == ended.size()
                    && round.gave().isEmpty()) {
                signal.await(DENIED_LOOK_AGAIN); // all are held by somebody: not to be asked a thousand times a second
            }
        } catch (SQLException failure) {
            if (connectionLost(failure)) {
                pause(failure);
            } else {
                oneByOne.tryAll(now);
            }
            return;
        }
        oneByOne.tryFailing(now);
    }

    /** Without a commit all is as it was; with one, its consequences are drawn whatever else fails. */
    Round commit(List<EndedAttempt> ended, Reservation reservation, long now, boolean alone) throws SQLException {
        Round round;
        long start = System.nanoTime();
        try {
            round = transaction.commit(ended, reservation, now, alone);
        } catch (SQLException | RuntimeException | Error failure) {
            parts.dispatcher().abort(reservation);
            completer.putBack(ended);
            throw failure;
        }
        heardAt = start;
        gathering.roundTook(System.nanoTime() - start);
        inHand.committed(reservation, round, now);
        parts.signalOthers(this);
        return round;
    }

    private Reservation reserve(long now, Map<Integer, Integer> finishing) {
        return parts.dispatcher().reserve(claimable(), probed(now), finishing);
    }

    /** The queues that are well. */
    private Set<Integer> claimable() {
        return mayClaim() ? ids(this::well) : Set.of();
    }

    private Set<Integer> probed(long now) {
        if (!mayClaim()) {
            return Set.of();
        }
        Horizon horizon = parts.maintainer().horizon(now, heardAt);
        Set<Integer> probed = ids(queue -> well(queue) && queue.lookDue(now) && !queue.atRest(horizon));
        return probed.isEmpty() && now - heardAt >= KEEP_ALIVE
                ? queues.keySet().stream().limit(1).collect(Collectors.toSet())
                : probed;
    }

    private boolean well(LaneQueue queue) {
        return !queue.failing() && !queue.rateUsedUp() && !paused(queue);
    }

    private boolean paused(LaneQueue queue) {
        return parts.dispatcher().paused(queue.id);
    }

    private Set<Integer> ids(Predicate<LaneQueue> which) {
        return queues.values().stream().filter(which).map(queue -> queue.id).collect(Collectors.toSet());
    }

    /** Without a recent beat others may take this worker for hung. */
    boolean mayClaim() {
        return !draining && parts.heartBeat().fresh();
    }

    /** Whether the connection is lost with this failure; then jobs may be owned that nobody knows of. */
    boolean connectionLost(SQLException failure) {
        boolean lost = failure instanceof CommitUnknownException || SqlFailure.connectionLost(failure);
        if (lost) {
            orphans.mayExist(System.nanoTime());
        }
        return lost;
    }

    void pause(SQLException failure) throws InterruptedException {
        signal.await(link.failed(failure).toNanos());
    }

    private void waitForWork(long now) throws InterruptedException {
        try {
            orphans.release(inHand.ids(), now);
            if (!sleep.fallAsleep(now)) {
                Horizon horizon = parts.maintainer().horizon(now, heardAt);
                signal.await(queues.values().stream()
                        .mapToLong(queue -> paused(queue) || queue.atRest(horizon) ? AT_REST : queue.untilLook(now))
                        .map(until -> until > 0 ? until : DENIED_LOOK_AGAIN)
                        .min()
                        .orElse(DENIED_LOOK_AGAIN));
            }
        } catch (SQLException failure) {
            connectionLost(failure);
            pause(failure);
        }
    }

    private void giveBack() {
        List<EndedAttempt> last = inHand.giveBack();
        try {
            Written written = link.inTransaction(connection -> {
                WorkerStore.wake(connection, parts.heartBeat().workerId(), queues.keySet());
                return Completer.write(connection, last);
            });
            leftNothing = written.held().isEmpty() && !orphans.possible();
        } catch (SQLException failure) {
            link.failed(failure); // told; what was not given back falls to the lease
        }
    }

    static Map<Integer, Integer> finishing(List<EndedAttempt> ended) {
        Map<Integer, Integer> finishing = new HashMap<>();
        ended.forEach(attempt -> finishing.merge(attempt.job().leaf().queueId(), 1, Integer::sum));
        return finishing;
    }
}
