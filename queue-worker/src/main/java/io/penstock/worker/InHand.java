package io.penstock.worker;

import io.penstock.complete.Completer;
import io.penstock.dispatch.Reservation;
import io.penstock.dispatch.Waiting;
import io.penstock.handover.EndedAttempt;
import io.penstock.job.JobState;
import io.penstock.observe.WorkerEvent.AttemptEnded;
import io.penstock.observe.WorkerEvent.JobClaimed;
import io.penstock.observe.WorkerEvent.JobLate;
import io.penstock.observe.WorkerEvent.QueueRecovered;
import io.penstock.observe.WorkerEvent.StaleEndingRefused;
import io.penstock.store.ClaimedJob;
import io.penstock.store.Ending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The attempts that a lane has claimed and not yet ended, and what a commit makes of them. */
final class InHand {

    private final WorkerParts parts;
    private final Map<Integer, LaneQueue> queues;
    private final Completer completer;
    private final Map<UUID, ClaimedJob> jobs = new ConcurrentHashMap<>();

    InHand(WorkerParts parts, Map<Integer, LaneQueue> queues, Completer completer) {
        this.parts = parts;
        this.queues = queues;
        this.completer = completer;
    }

    boolean empty() {
        return jobs.isEmpty();
    }

    int size() {
        return jobs.size();
    }

    Set<UUID> ids() {
        return jobs.keySet();
    }

    /** After the commit, and only then: permits, memory, handlers, events. */
    void committed(Reservation reservation, Round round, long now) {
        Map<Integer, Integer> claimed = new HashMap<>();
        round.claimed().forEach((queueId, ofQueue) -> claimed.put(queueId, ofQueue.size()));
        Map<Integer, Integer> freed = new HashMap<>();
        List<EndedAttempt> gone = new ArrayList<>(round.written().done());
        gone.addAll(round.written().stale());
        gone.forEach(ended -> freed.merge(ended.job().leaf().queueId(), 1, Integer::sum));
        parts.dispatcher().settle(reservation.freed(freed), claimed);
        completer.putBack(round.written().held());
        // fewer were claimed than there may be: the queue is not sated for that
        round.written()
                .held()
                .forEach(ended -> parts.dispatcher().wake(ended.job().leaf().queueId()));

        gone.forEach(ended -> jobs.remove(ended.job().attempt().jobId(), ended.job()));
        round.claimed().forEach((queueId, ofQueue) -> start(queue(queueId), ofQueue, now));
        if (round.written().done().stream().anyMatch(InHand::waits)) {
            parts.maintainer().stir();
        }
        round.written().done().stream()
                .filter(ended -> ended.ending().state().terminal())
                .forEach(ended -> parts.maintainer().ended(ended.job().metadata()));
        round.written().done().forEach(this::tellEnded);
        round.written().stale().forEach(this::tellStale);
    }

    /** What still runs, as given back; and what has ended and waits to be written. */
    List<EndedAttempt> giveBack() {
        List<EndedAttempt> last = completer.take(Integer.MAX_VALUE, queue -> true);
        last.forEach(ended -> jobs.remove(ended.job().attempt().jobId(), ended.job()));
        jobs.values()
                .forEach(job -> last.add(new EndedAttempt(job, Ending.released(job.attempt()), false, Duration.ZERO)));
        return last;
    }

    private void start(LaneQueue queue, List<ClaimedJob> claimed, long now) {
        queue.claims.committed();
        queue.looked(claimed.size(), now);
        if (queue.claims.again()) {
            parts.dispatcher().wake(queue.id);
        }
        if (queue.recovered()) {
            parts.dispatcher().resume(queue.id);
            parts.events().tell(new QueueRecovered(queue.name));
        }
        Duration untilRateAllows = queue.claims.untilRateAllows();
        if (!untilRateAllows.isZero()) {
            queue.rateUsedUp(now + untilRateAllows.toNanos());
            parts.dispatcher().wake(queue.id);
            parts.dispatcher().suspend(queue.id, Waiting.RATE);
        }
        claimed.forEach(job -> jobs.put(job.attempt().jobId(), job));
        parts.slots().start(claimed, queue.name, job -> tellClaimed(queue, job), completer::add);
    }

    private static boolean waits(EndedAttempt ended) {
        return ended.ending().state() == JobState.RETRYABLE || ended.ending().state() == JobState.SNOOZED;
    }

    private void tellClaimed(LaneQueue queue, ClaimedJob job) {
        parts.events().tell(claimed(queue.name, job));
    }

    static JobClaimed claimed(String queue, ClaimedJob job) {
        Duration waited = Duration.between(job.eligibleAt(), job.firstClaimedAt());
        return new JobClaimed(queue, job.type(), job.attempt(), waited);
    }

    private void tellEnded(EndedAttempt ended) {
        LaneQueue queue = queue(ended.job().leaf().queueId());
        parts.dispatcher().measured(queue.id, ended.job().type(), ended.run());
        AttemptEnded event = ended(queue.name, ended);
        parts.events().tell(event);
        JobLate late = parts.lateness().of(event, ended, System.nanoTime());
        if (late != null) {
            parts.events().tell(late);
        }
    }

    static AttemptEnded ended(String queue, EndedAttempt ended) {
        Duration untilClaimed =
                Duration.between(ended.job().eligibleAt(), ended.job().claimedAt());
        return new AttemptEnded(
                queue,
                ended.job().type(),
                ended.job().attempt(),
                ended.ending().state(),
                Duration.between(ended.job().eligibleAt(), ended.job().firstClaimedAt()),
                ended.run(),
                untilClaimed.plus(ended.run()));
    }

    private void tellStale(EndedAttempt ended) {
        parts.events().tell(stale(queue(ended.job().leaf().queueId()).name, ended));
    }

    static StaleEndingRefused stale(String queue, EndedAttempt ended) {
        return new StaleEndingRefused(queue, ended.job().type(), ended.job().attempt());
    }

    private LaneQueue queue(int queueId) {
        LaneQueue queue = queues.get(queueId);
        if (queue == null) {
            throw new IllegalStateException("queue " + queueId + " is not one of this lane's");
        }
        return queue;
    }
}
