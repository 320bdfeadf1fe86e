package io.penstock.worker;

import io.penstock.claim.QueueClaims;
import io.penstock.claim.QueueClaims.Request;
import io.penstock.complete.Completer;
import io.penstock.complete.Written;
import io.penstock.connect.Link;
import io.penstock.database.SqlFailure;
import io.penstock.handover.EndedAttempt;
import io.penstock.handover.Horizon;
import io.penstock.job.Attempt;
import io.penstock.maintain.Maintainer;
import io.penstock.maintain.Surroundings;
import io.penstock.observe.Events;
import io.penstock.run.Slots;
import io.penstock.store.ClaimedJob;
import io.penstock.store.FleetStore.Share;
import io.penstock.store.ProgressStore.Said;
import io.penstock.store.WorkerStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Runs one job at a time, on the thread that asks for it, with the claims, handlers, middleware, options and ends of a {@link
 * Worker}: for tests, in which nothing may depend on time. Made by {@link WorkerBuilder#stepped}.
 *
 * <p>It has no heart-beat, so it does not notice the cancellation of a job that runs and keeps nothing of its progress, and no
 * slots, so budgets mean nothing to it. It holds one connection of the data source. For use by one thread.
 */
public final class SteppedWorker implements AutoCloseable {

    /** Nobody beats while somebody looks at a breakpoint. */
    private static final Duration LEASE = Duration.ofDays(1);

    private final String name;
    private final Events events;
    private final Link link;
    private final Slots slots;
    private final Maintainer maintainer;
    private final Map<String, Integer> queues = new LinkedHashMap<>();
    private final long workerId;
    private Set<Integer> paused = Set.of();

    SteppedWorker(WorkerBuilder builder) {
        this.name = builder.name;
        this.events = new Events(builder.listeners);
        builder.declare();
        this.link = new Link("worker \"" + name + "\"", builder.jobQueue.dataSource(), events);
        try {
            Map<String, Integer> ids = Worker.queueIds(link, builder.queues.keySet());
            builder.queues.keySet().forEach(queue -> queues.put(queue, Worker.id(ids, queue)));
            this.workerId = link.inTransaction(connection -> WorkerStore.register(connection, name, LEASE));
        } catch (SQLException failure) {
            link.close();
            throw SqlFailure.translate("start of worker \"" + name + "\"", failure);
        }
        this.slots = new Slots(name, 1, builder.handlers(), Set.of(), queue -> 0, events);
        this.maintainer = new Maintainer(link, events, new Surrounded(), null);
    }

    /**
     * Lets schedules make the jobs that they owe and batches go on, moves due jobs into line, and runs the first attempt of the
     * first queue that has one, in the order in which the builder was given the queues. Paused queues are passed by.
     *
     * @return the attempt, which has ended; empty if there is none
     * @throws io.penstock.error.PenstockException if the database failed
     * @throws IllegalStateException if the end of the attempt cannot be written, since its handler has left a transaction open
     */
    public Optional<Attempt> runOne() {
        try {
            maintainer.turn();
            for (Map.Entry<String, Integer> queue : queues.entrySet()) {
                if (!paused.contains(queue.getValue())) {
                    List<ClaimedJob> claimed = claim(queue.getValue());
                    if (!claimed.isEmpty()) {
                        run(queue.getKey(), claimed.get(0));
                        return Optional.of(claimed.get(0).attempt());
                    }
                }
            }
            return Optional.empty();
        } catch (SQLException failure) {
            link.failed(failure);
            throw SqlFailure.translate("worker \"" + name + "\"", failure);
        }
    }

    private final class Surrounded implements Surroundings {

        @Override
        public long workerId() {
            return workerId;
        }

        @Override
        public boolean hears() {
            return false;
        }

        @Override
        public void woken(int queueId) {
            // whoever asks for the next job looks by himself
        }

        @Override
        public void moved() {
            // the same
        }

        @Override
        public void paused(Set<Integer> ids) {
            paused = ids;
        }

        @Override
        public void shared(Map<Integer, Share> shares) {
            throw new IllegalStateException("worker \"" + name + "\" is in no fleet");
        }

        @Override
        public int running(int queueId) {
            throw new IllegalStateException("worker \"" + name + "\" is in no fleet");
        }

        @Override
        public List<Said> progress() {
            return slots.takeProgress();
        }
    }

    /** With floors that know nothing: whatever has committed by now is seen. */
    private List<ClaimedJob> claim(int queueId) throws SQLException {
        QueueClaims claims = new QueueClaims(queueId);
        List<ClaimedJob> claimed;
        do {
            claimed = link.inTransaction((connection, pipeline) -> {
                pipeline.run(connection);
                claims.connected(connection, link.server());
                claims.claim(
                        pipeline, connection, new Request(Horizon.NOTHING, workerId, 1, System.nanoTime(), Map.of()));
                pipeline.run(connection);
                return claims.claimed(connection);
            });
        } while (claimed.isEmpty() && claims.again());
        return claimed;
    }

    private void run(String queue, ClaimedJob job) throws SQLException {
        events.tell(InHand.claimed(queue, job));
        EndedAttempt ended = slots.run(job, queue);
        Written written = link.inTransaction(connection -> Completer.write(connection, List.of(ended)));
        if (!written.held().isEmpty()) {
            throw new IllegalStateException("queue \"" + queue + "\": the end of " + job.attempt() + ", "
                    + ended.ending().state().word()
                    + ", could not be written: its row is locked; expected the handler to have ended every transaction in which it"
                    + " completed the job or kept a checkpoint");
        }
        for (EndedAttempt done : written.done()) {
            if (done.ending().state().terminal()) {
                maintainer.endedBetweenTurns(job.metadata());
            }
            events.tell(InHand.ended(queue, done));
        }
        written.stale().forEach(stale -> events.tell(InHand.stale(queue, stale)));
    }

    /** Takes the worker off the list, and gives its connection back. */
    @Override
    public void close() {
        slots.stop();
        try {
            link.inTransaction(connection -> {
                WorkerStore.remove(connection, workerId);
                return workerId;
            });
        } catch (SQLException failure) {
            throw SqlFailure.translate("end of worker \"" + name + "\"", failure);
        } finally {
            link.close();
        }
    }
}
