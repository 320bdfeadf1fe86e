package io.penstock.complete;

import io.penstock.handover.EndedAttempt;
import io.penstock.job.Attempt;
import io.penstock.job.JobState;
import io.penstock.store.CompletionStore;
import io.penstock.store.Ending;
import io.penstock.store.Leaf;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Collects ended attempts from the slots and writes them in batches. {@link #add} is safe for use by many threads, the
 * rest for one.
 */
public final class Completer {

    private static final Comparator<Leaf> LOCK_ORDER =
            Comparator.comparingInt(Leaf::queueId).thenComparingInt(Leaf::segment);

    /** What became of a batch: written, refused as stale, or held by somebody else at this moment. */
    public record Written(List<EndedAttempt> done, List<EndedAttempt> stale, List<EndedAttempt> held) {

        static Written nothing() {
            return new Written(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        /** Adds another batch's results to this one's. */
        public void add(Written other) {
            done.addAll(other.done);
            stale.addAll(other.stale);
            held.addAll(other.held);
        }
    }

    private final Queue<EndedAttempt> waiting = new ConcurrentLinkedQueue<>();

    public void add(EndedAttempt ended) {
        waiting.add(ended);
    }

    public boolean empty() {
        return waiting.isEmpty();
    }

    /** Takes attempts that wait to be written. What is not written is to be put back. */
    public List<EndedAttempt> take(int most) {
        List<EndedAttempt> taken = new ArrayList<>();
        for (EndedAttempt next = waiting.poll(); next != null; next = taken.size() < most ? waiting.poll() : null) {
            taken.add(next);
        }
        return taken;
    }

    public void putBack(List<EndedAttempt> attempts) {
        waiting.addAll(attempts);
    }

    public static Map<Leaf, List<EndedAttempt>> byLeaf(List<EndedAttempt> attempts) {
        Map<Leaf, List<EndedAttempt>> byLeaf = new TreeMap<>(LOCK_ORDER);
        attempts.forEach(ended -> byLeaf.computeIfAbsent(ended.job().leaf(), leaf -> new ArrayList<>())
                .add(ended));
        return byLeaf;
    }

    /** Writes the ends of attempts of any leaves, inside the transaction under way. */
    public static Written write(Connection connection, List<EndedAttempt> attempts) throws SQLException {
        Written written = Written.nothing();
        for (Map.Entry<Leaf, List<EndedAttempt>> leaf : byLeaf(attempts).entrySet()) {
            written.add(writeLeaf(connection, leaf.getKey(), leaf.getValue()));
        }
        return written;
    }

    private static Written writeLeaf(Connection connection, Leaf leaf, List<EndedAttempt> attempts)
            throws SQLException {
        Written written = Written.nothing();
        List<EndedAttempt> released = new ArrayList<>();
        List<EndedAttempt> finished = new ArrayList<>();
        List<EndedAttempt> postponed = new ArrayList<>();
        for (EndedAttempt ended : withoutEndedByHandler(connection, attempts, written)) {
            JobState state = ended.ending().state();
            (state == JobState.AVAILABLE ? released : state.terminal() ? finished : postponed).add(ended);
        }
        cancelWhereAsked(connection, leaf, postponed, finished);

        Set<UUID> changed = new HashSet<>();
        if (!finished.isEmpty()) {
            changed.addAll(CompletionStore.finish(connection, leaf, endings(finished)));
        }
        if (!postponed.isEmpty()) {
            changed.addAll(CompletionStore.postpone(connection, leaf, endings(postponed)));
        }
        if (!released.isEmpty()) {
            changed.addAll(CompletionStore.release(connection, leaf, attempts(released)));
        }
        List<EndedAttempt> missing = new ArrayList<>();
        for (List<EndedAttempt> part : List.of(finished, postponed, released)) {
            part.forEach(ended -> (changed.contains(id(ended)) ? written.done() : missing).add(ended));
        }
        if (!missing.isEmpty()) {
            sortOut(connection, leaf, missing, written);
        }
        return written;
    }

    /** What a handler completed in its own transaction is done; where that was rolled back, the failure is written. */
    private static List<EndedAttempt> withoutEndedByHandler(
            Connection connection, List<EndedAttempt> attempts, Written written) throws SQLException {
        List<Ending> claimedDone = attempts.stream()
                .filter(EndedAttempt::endedByHandler)
                .map(ended -> Ending.completed(ended.job().attempt()))
                .toList();
        if (claimedDone.isEmpty()) {
            return attempts;
        }
        Set<UUID> done = CompletionStore.endedUnderToken(connection, claimedDone);
        List<EndedAttempt> open = new ArrayList<>();
        for (EndedAttempt ended : attempts) {
            if (ended.endedByHandler() && done.contains(id(ended))) {
                written.done().add(with(ended, Ending.completed(ended.job().attempt())));
            } else {
                open.add(ended);
            }
        }
        return open;
    }

    /** A job whose cancellation was asked for while it ran gets no further attempt. */
    private static void cancelWhereAsked(
            Connection connection, Leaf leaf, List<EndedAttempt> postponed, List<EndedAttempt> finished)
            throws SQLException {
        if (postponed.isEmpty()) {
            return;
        }
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
    private static void sortOut(Connection connection, Leaf leaf, List<EndedAttempt> missing, Written written)
            throws SQLException {
        Set<UUID> running = CompletionStore.stillRunning(connection, leaf, attempts(missing));
        Set<UUID> done = CompletionStore.endedUnderToken(connection, endings(missing));
        for (EndedAttempt ended : missing) {
            if (running.contains(id(ended))) {
                written.held().add(ended);
            } else if (done.contains(id(ended))) {
                written.done().add(ended);
            } else {
                written.stale().add(ended);
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
