package io.penstock.worker;

import io.penstock.complete.Completer;
import io.penstock.complete.Completer.Written;
import io.penstock.connect.Link;
import io.penstock.database.CommitUnknownException;
import io.penstock.database.SqlFailure;
import io.penstock.dispatch.Reservation;
import io.penstock.handover.EndedAttempt;
import io.penstock.handover.Signal;
import io.penstock.job.Limits;
import io.penstock.observe.WorkerEvent.AttemptEnded;
import io.penstock.observe.WorkerEvent.JobClaimed;
import io.penstock.observe.WorkerEvent.QueueFailing;
import io.penstock.observe.WorkerEvent.QueueRecovered;
import io.penstock.observe.WorkerEvent.StaleEndingRefused;
import io.penstock.store.ClaimedJob;
import io.penstock.store.Ending;
import io.penstock.store.QueueStore;
import io.penstock.store.WorkerStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database loop of some queues, on one connection: what has ended is written and what may run is claimed in one
 * transaction. Queues with a guarantee have a lane of their own, so that no statement of a heavy queue is ever in their
 * way.
 *
 * <p>If such a transaction fails for any reason but the connection, its parts are tried one by one at once, each in its
 * own: what one queue causes, one queue suffers.
 */
final class Lane implements Runnable {

    private static final long ORPHAN_WATCH = Duration.ofSeconds(30).toNanos();
    private static final long ORPHANS_EVERY = Duration.ofSeconds(3).toNanos();

    private static final Logger log = LoggerFactory.getLogger(Lane.class);
    private static final long DEFECT_PAUSE = Duration.ofSeconds(1).toNanos();
    /** A look that is due and was denied a permit is tried again then, unless a free permit is signalled before. */
    private static final long DENIED_LOOK_AGAIN = Duration.ofMillis(20).toNanos();

    /** What one transaction did. */
    private record Round(Written written, Map<Integer, List<ClaimedJob>> claimed) {}

    private final WorkerParts parts;
    private final Link link;
    private final Map<Integer, LaneQueue> queues = new LinkedHashMap<>();
    private final Completer completer = new Completer();
    private final Signal signal = new Signal();
    private final Map<UUID, ClaimedJob> inHand = new ConcurrentHashMap<>();
    private int prepared;
    private boolean asleep;
    private long orphansUntil = Long.MIN_VALUE;
    private long orphansNext = Long.MIN_VALUE;
    private volatile boolean draining;
    private volatile boolean stopping;

    Lane(WorkerParts parts, Link link, List<LaneQueue> queues) {
        this.parts = parts;
        this.link = link;
        queues.forEach(queue -> this.queues.put(queue.id, queue));
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

    boolean idle() {
        return inHand.isEmpty();
    }

    /** Gives back what still runs, and ends. */
    void stop() {
        stopping = true;
        signal.give();
    }

    boolean hungry() {
        return queues.keySet().stream().anyMatch(parts.dispatcher()::hungry);
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                round();
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
        List<EndedAttempt> ended = completer.take(Limits.COMPLETION_BATCH);
        Reservation reservation = reserve(now, finishing(ended), false);
        if (ended.isEmpty() && reservation.empty()) {
            if (!tryFailing(now)) {
                waitForWork(now);
            }
            return;
        }
        try {
            commit(ended, reservation, now, false);
            tryFailing(now);
        } catch (SQLException failure) {
            parts.dispatcher().abort(reservation);
            if (lostConnection(failure)) {
                completer.putBack(ended);
                pause(failure);
            } else {
                oneByOne(ended, now);
            }
        } catch (RuntimeException defect) {
            log.error("a defect ended a transaction of this worker, it is tried again; please report it", defect);
            parts.dispatcher().abort(reservation);
            completer.putBack(ended);
            signal.await(DEFECT_PAUSE);
        }
    }

    private void commit(List<EndedAttempt> ended, Reservation reservation, long now, boolean alone)
            throws SQLException {
        int connectionNumber = link.opened();
        boolean fresh = connectionNumber != prepared;
        Round round = link.inTransaction(connection -> transact(connection, ended, reservation, now, fresh, alone));
        prepared = connectionNumber;

        settled(reservation, round, now);
    }

    private Round transact(
            Connection connection,
            List<EndedAttempt> ended,
            Reservation reservation,
            long now,
            boolean fresh,
            boolean alone)
            throws SQLException {
        if (fresh) {
            for (LaneQueue queue : queues.values()) {
                queue.claims.connected(connection, link.server());
            }
        }
        Written written = Completer.write(connection, ended);
        Map<Integer, List<ClaimedJob>> claimed = new HashMap<>();
        if (alone) {
            shortenLockTimeout(connection);
        }
        if (parts.heartBeat().fresh()) {
            for (Map.Entry<Integer, Integer> grant : reservation.granted().entrySet()) {
                // what is held by somebody else keeps its permit: it is taken from what may be claimed
                int wanted = Math.min(grant.getValue() - written.held().size(), Limits.CLAIM_BATCH);
                if (wanted > 0) {
                    LaneQueue queue = queue(grant.getKey());
                    claimed.put(
                            queue.id,
                            queue.claims.claim(
                                    connection,
                                    parts.maintainer().settled(),
                                    parts.heartBeat().workerId(),
                                    wanted,
                                    now));
                }
            }
        }
        if (asleep && claimed.values().stream().anyMatch(jobs -> !jobs.isEmpty())) {
            WorkerStore.wake(connection, parts.heartBeat().workerId(), queues.keySet());
        }
        return new Round(written, claimed);
    }

    /** After the commit, and only then: permits, memory, handlers, events. */
    private void settled(Reservation reservation, Round round, long now) {
        Map<Integer, Integer> counts = new HashMap<>();
        round.claimed().forEach((queueId, jobs) -> counts.put(queueId, jobs.size()));
        Map<Integer, Integer> freed = new HashMap<>();
        round.written().done().forEach(ended -> freed.merge(ended.job().leaf().queueId(), 1, Integer::sum));
        round.written().stale().forEach(ended -> freed.merge(ended.job().leaf().queueId(), 1, Integer::sum));
        parts.dispatcher().settle(new Reservation(reservation.granted(), freed, reservation.wakes()), counts);
        completer.putBack(round.written().held());

        round.claimed().forEach((queueId, jobs) -> claimed(queue(queueId), jobs, now));
        round.written().done().forEach(ended -> {
            LaneQueue queue = queue(forget(ended));
            parts.dispatcher().measured(queue.id, ended.run());
            parts.events()
                    .tell(new AttemptEnded(
                            queue.name,
                            ended.job().type(),
                            ended.job().attempt(),
                            ended.ending().state(),
                            ended.run()));
        });
        round.written()
                .stale()
                .forEach(ended -> parts.events()
                        .tell(new StaleEndingRefused(
                                queue(forget(ended)).name,
                                ended.job().type(),
                                ended.job().attempt())));
        parts.signalOthers(this);
    }

    private int forget(EndedAttempt ended) {
        inHand.remove(ended.job().attempt().jobId(), ended.job());
        return ended.job().leaf().queueId();
    }

    private void claimed(LaneQueue queue, List<ClaimedJob> jobs, long now) {
        queue.claims.committed(now);
        queue.looked(jobs.size(), now);
        asleep = asleep && jobs.isEmpty();
        if (queue.recovered()) {
            parts.events().tell(new QueueRecovered(queue.name));
        }
        for (ClaimedJob job : jobs) {
            inHand.put(job.attempt().jobId(), job);
            Duration wait = Duration.between(job.eligibleAt(), job.firstClaimedAt());
            parts.events().tell(new JobClaimed(queue.name, job.type(), job.attempt(), wait));
            parts.slots().start(job, queue.name, ended -> {
                completer.add(ended);
                signal.give();
            });
        }
    }

    /** Permits for the queues that are well, or for one that is not. */
    private Reservation reserve(long now, Map<Integer, Integer> finishing, boolean failing) {
        Set<Integer> claimable = new HashSet<>();
        Set<Integer> probed = new HashSet<>();
        if (!draining) {
            for (LaneQueue queue : queues.values()) {
                if (queue.failing() == failing && !queue.leftAlone(now) && !(failing && !claimable.isEmpty())) {
                    claimable.add(queue.id);
                    if (failing || queue.lookDue(now)) {
                        probed.add(queue.id);
                    }
                }
            }
        }
        return parts.dispatcher().reserve(claimable, probed, finishing);
    }

    /** Each part of a failed transaction in one of its own. */
    private void oneByOne(List<EndedAttempt> ended, long now) throws InterruptedException {
        for (List<EndedAttempt> ofLeaf : Completer.byLeaf(ended).values()) {
            Reservation none = new Reservation(Map.of(), finishing(ofLeaf), Map.of());
            try {
                commit(ofLeaf, none, now, true);
            } catch (SQLException failure) {
                completer.putBack(ofLeaf);
                afterFailedWrite(failure);
            }
        }
        for (LaneQueue queue : queues.values()) {
            claimAlone(
                    queue, parts.dispatcher().reserve(draining ? Set.of() : Set.of(queue.id), Set.of(), Map.of()), now);
        }
    }

    /** Claims from one queue whose claims have failed, if its time has come; answers whether it did. */
    private boolean tryFailing(long now) throws InterruptedException {
        Reservation reservation = reserve(now, Map.of(), true);
        for (Integer queueId : reservation.granted().keySet()) {
            return claimAlone(queue(queueId), reservation, now);
        }
        return false;
    }

    private boolean claimAlone(LaneQueue queue, Reservation reservation, long now) throws InterruptedException {
        if (reservation.empty()) {
            return false;
        }
        try {
            commit(List.of(), reservation, now, true);
        } catch (SQLException failure) {
            parts.dispatcher().abort(reservation);
            if (lostConnection(failure)) {
                pause(failure);
            } else if (queue.failed(System.nanoTime())) {
                parts.events().tell(new QueueFailing(queue.name, SqlFailure.describe(failure)));
            }
        }
        return true;
    }

    private void afterFailedWrite(SQLException failure) throws InterruptedException {
        if (SqlFailure.partitionMissing(failure)) {
            try {
                link.inTransaction(QueueStore::ensureDays);
                return;
            } catch (SQLException second) {
                failure.addSuppressed(second);
            }
        }
        lostConnection(failure);
        pause(failure);
    }

    /** With the connection goes the answer to a claim's commit: for a while, what is owned but not in hand is given back. */
    private boolean lostConnection(SQLException failure) {
        if (failure instanceof CommitUnknownException || SqlFailure.connectionLost(failure)) {
            orphansUntil = System.nanoTime() + ORPHAN_WATCH;
            orphansNext = System.nanoTime();
            return true;
        }
        return false;
    }

    private void pause(SQLException failure) throws InterruptedException {
        signal.await(link.failed(failure).toNanos());
    }

    private void waitForWork(long now) throws InterruptedException {
        releaseOrphans(now);
        long wait = queues.values().stream()
                .mapToLong(queue -> queue.untilLook(now))
                .map(until -> until > 0 ? until : DENIED_LOOK_AGAIN)
                .min()
                .orElse(DENIED_LOOK_AGAIN);
        if (!asleep && !draining && queues.values().stream().allMatch(LaneQueue::sleepy) && !hungry()) {
            goToSleep(now);
        } else {
            signal.await(wait);
        }
    }

    /** Says that it sleeps, and looks once more: whoever enqueued before it said so knew of no sleeper. */
    private void goToSleep(long now) throws InterruptedException {
        try {
            link.inTransaction(connection -> {
                WorkerStore.sleep(connection, parts.heartBeat().workerId(), queues.keySet());
                return true;
            });
            asleep = true;
            queues.values().forEach(queue -> queue.lookAtOnce(now));
        } catch (SQLException failure) {
            lostConnection(failure);
            pause(failure);
        }
    }

    private void releaseOrphans(long now) throws InterruptedException {
        if (now - orphansUntil > 0 || now - orphansNext < 0) {
            return;
        }
        orphansNext = now + ORPHANS_EVERY;
        try {
            for (LaneQueue queue : queues.values()) {
                int released = link.inTransaction(connection -> {
                    queue.claims.connected(connection, link.server());
                    return queue.claims.releaseOrphans(
                            connection, parts.heartBeat().workerId(), inHand.keySet());
                });
                if (released > 0) {
                    parts.dispatcher().wake(queue.id);
                }
            }
        } catch (SQLException failure) {
            lostConnection(failure);
            pause(failure);
        }
    }

    private void giveBack() {
        List<EndedAttempt> last = completer.take(Integer.MAX_VALUE);
        last.forEach(this::forget);
        inHand.values()
                .forEach(job -> last.add(new EndedAttempt(job, Ending.released(job.attempt()), false, Duration.ZERO)));
        try {
            if (!last.isEmpty()) {
                link.inTransaction(connection -> Completer.write(connection, last));
            }
            if (asleep) {
                link.inTransaction(connection -> {
                    WorkerStore.wake(connection, parts.heartBeat().workerId(), queues.keySet());
                    return true;
                });
            }
        } catch (SQLException failure) {
            link.failed(failure); // told; what was not given back falls to the lease
        }
    }

    private static void shortenLockTimeout(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '50ms'");
        }
    }

    private LaneQueue queue(int queueId) {
        LaneQueue queue = queues.get(queueId);
        if (queue == null) {
            throw new IllegalStateException("queue " + queueId + " is not one of this lane's");
        }
        return queue;
    }

    private static Map<Integer, Integer> finishing(List<EndedAttempt> ended) {
        Map<Integer, Integer> finishing = new HashMap<>();
        ended.forEach(attempt -> finishing.merge(attempt.job().leaf().queueId(), 1, Integer::sum));
        return finishing;
    }
}
