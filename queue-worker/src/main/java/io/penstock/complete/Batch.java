package io.penstock.complete;

import io.penstock.database.Pipeline;
import io.penstock.handover.EndedAttempt;
import io.penstock.job.Attempt;
import io.penstock.job.JobState;
import io.penstock.store.ClaimedJob;
import io.penstock.store.CompletionStore;
import io.penstock.store.Ending;
import io.penstock.store.KeyStore;
import io.penstock.store.Leaf;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The ended attempts of one leaf, on their way into the database. In order: {@link #look} if something has to be known
 * first, {@link #write} into a pipeline, and {@link #written} when that has run.
 */
public final class Batch {

    private final Leaf leaf;
    private final List<EndedAttempt> byHandler = new ArrayList<>();
    private final List<EndedAttempt> finished = new ArrayList<>();
    private final List<EndedAttempt> postponed = new ArrayList<>();
    private final List<EndedAttempt> released = new ArrayList<>();
    private final Set<UUID> changed = new HashSet<>();
    private final Written written = Written.nothing();

    Batch(Leaf leaf, List<EndedAttempt> attempts) {
        this.leaf = leaf;
        attempts.forEach(ended -> (ended.endedByHandler() ? byHandler : room(ended)).add(ended));
    }

    public Leaf leaf() {
        return leaf;
    }

    /** The attempts, as they were given. */
    public List<EndedAttempt> attempts() {
        List<EndedAttempt> all = new ArrayList<>(byHandler);
        all.addAll(finished);
        all.addAll(postponed);
        all.addAll(released);
        return all;
    }

    /** Whether rows have to be read before anything is written. */
    public boolean needsLook() {
        return !byHandler.isEmpty() || !postponed.isEmpty();
    }

    public void look(Connection connection) throws SQLException {
        if (!byHandler.isEmpty()) {
            sortOutEndedByHandlers(connection);
        }
        if (!postponed.isEmpty()) {
            cancelWhereAsked(connection);
        }
    }

    public void write(Pipeline pipeline, Connection connection) {
        if (!finished.isEmpty()) {
            CompletionStore.finish(pipeline, connection, leaf, endings(finished), changed::addAll);
        }
        if (!postponed.isEmpty()) {
            CompletionStore.postpone(pipeline, connection, leaf, endings(postponed), changed::addAll);
        }
        if (!released.isEmpty()) {
            CompletionStore.release(pipeline, connection, leaf, attempts(released), changed::addAll);
        }
        List<ClaimedJob> holders = attempts().stream()
                .map(EndedAttempt::job)
                .filter(ClaimedJob::holdsKey)
                .toList();
        if (!holders.isEmpty()) {
            KeyStore.letGo(pipeline, connection, leaf, holders);
        }
    }

    public Written written(Connection connection) throws SQLException {
        List<EndedAttempt> missing = new ArrayList<>();
        for (List<EndedAttempt> part : List.of(finished, postponed, released)) {
            part.forEach(ended -> (changed.contains(id(ended)) ? written.done() : missing).add(ended));
        }
        if (!missing.isEmpty()) {
            sortOut(connection, missing);
        }
        return written;
    }

    private List<EndedAttempt> room(EndedAttempt ended) {
        JobState state = ended.ending().state();
        return state == JobState.AVAILABLE ? released : state.terminal() ? finished : postponed;
    }

    /** What a handler completed in its own transaction is done; where that was rolled back, the failure is written. */
    private void sortOutEndedByHandlers(Connection connection) throws SQLException {
        Set<UUID> done = CompletionStore.endedUnderToken(
                connection,
                leaf,
                byHandler.stream()
                        .map(ended -> Ending.completed(ended.job().attempt()))
                        .toList());
        for (EndedAttempt ended : byHandler) {
            if (done.contains(id(ended))) {
                written.done().add(with(ended, Ending.completed(ended.job().attempt())));
            } else {
                room(ended).add(ended);
            }
        }
        byHandler.clear();
    }

    /** A job whose cancellation was asked for while it ran gets no further attempt. */
    private void cancelWhereAsked(Connection connection) throws SQLException {
        Set<UUID> asked = CompletionStore.toBeCancelled(connection, leaf, attempts(postponed));
        for (EndedAttempt ended : List.copyOf(postponed)) {
            if (asked.contains(id(ended))) {
                postponed.remove(ended);
                finished.add(with(
                        ended, Ending.cancelled(ended.job().attempt(), "its cancellation was asked for while it ran")));
            }
        }
    }

    /** Held, done by a commit whose answer was lost, or stale: asked of the rows, never assumed. */
    private void sortOut(Connection connection, List<EndedAttempt> missing) throws SQLException {
        Set<UUID> running = CompletionStore.stillRunning(connection, leaf, attempts(missing));
        Set<UUID> done = CompletionStore.endedUnderToken(connection, leaf, endings(missing));
        for (EndedAttempt ended : missing) {
            if (running.contains(id(ended))) {
                written.held().add(ended);
            } else {
                (done.contains(id(ended)) ? written.done() : written.stale()).add(ended);
            }
        }
    }

    private static List<Attempt> attempts(List<EndedAttempt> attempts) {
        return attempts.stream().map(ended -> ended.job().attempt()).toList();
    }

    private static List<Ending> endings(List<EndedAttempt> attempts) {
        return attempts.stream().map(EndedAttempt::ending).toList();
    }

    private static EndedAttempt with(EndedAttempt ended, Ending ending) {
        return new EndedAttempt(ended.job(), ending, false, ended.run());
    }

    private static UUID id(EndedAttempt ended) {
        return ended.job().attempt().jobId();
    }
}
