package io.penstock.alert;

import io.penstock.database.Session;
import io.penstock.job.Limits;
import io.penstock.objective.Objective;
import io.penstock.store.Leaf;
import io.penstock.store.ObjectiveStore.StoredObjective;
import io.penstock.store.TallyStore;
import io.penstock.store.TallyStore.Marked;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts jobs that are late and have not ended. Each look begins ten seconds of eligible time before the end of the one before: what was on its way
 * between two rooms, or committed late, is found by the next. For use by the watch's thread.
 */
final class LateJobs {

    private static final long AGAIN = Duration.ofSeconds(10).toNanos() / 1_000;
    private static final long REMEMBER_EVERY = Duration.ofSeconds(30).toNanos() / 1_000;
    private static final int ROUNDS = 10;

    private static final class State {
        private long from;
        private long restsAt = -1;
    }

    /**
     * What a look has seen of a queue's jobs that have not ended, of those that may not have been counted.
     *
     * @param leaves since when the first of each leaf is eligible, in microseconds of the epoch
     * @param waiting the same of those that wait for later; null if there are none
     */
    record Oldest(Map<Leaf, Long> leaves, @Nullable Long waiting) {

        private boolean nothing() {
            return leaves.isEmpty() && waiting == null;
        }

        /** Where there are jobs that were eligible before a moment. */
        private Oldest before(long moment) {
            Map<Leaf, Long> early = new HashMap<>(leaves);
            early.values().removeIf(eligible -> eligible >= moment);
            return new Oldest(early, waiting == null || waiting >= moment ? null : waiting);
        }
    }

    private final Map<Integer, State> states = new HashMap<>();
    private long remembered;

    /** Whether there may be jobs that are late, or become so, unless something ended them. */
    boolean mayCome(StoredObjective stored, long drawn) {
        State state = states.get(stored.id());
        return within(stored.objective()) > 0 && (state == null || state.restsAt != drawn);
    }

    /** From which eligible time on a queue's jobs may not have been counted, in microseconds of the epoch; empty if none of them can be late. */
    OptionalLong from(List<StoredObjective> ofQueue) {
        return ofQueue.stream()
                .filter(stored -> within(stored.objective()) > 0)
                .mapToLong(stored -> state(stored).from)
                .min();
    }

    private State state(StoredObjective stored) {
        State state = states.computeIfAbsent(stored.id(), id -> new State());
        state.from = Math.max(state.from, stored.lookedTo() - AGAIN);
        return state;
    }

    /**
     * Counts the late jobs of an objective.
     *
     * @param oldest what a look has seen of its queue, from {@link #from} on
     * @param drawn the position that its queue has drawn last
     * @param now in microseconds of the epoch
     */
    void count(Session session, StoredObjective stored, Oldest oldest, long drawn, long now) throws SQLException {
        long within = within(stored.objective());
        if (within == 0) {
            return;
        }
        State state = state(stored);
        state.restsAt = oldest.nothing() ? drawn : -1;
        Oldest late = oldest.before(now - within);
        boolean more = !late.nothing();
        for (int round = 0; more && round < ROUNDS; round++) {
            more = mark(session, stored, state, late, now - within);
        }
        if (!more) {
            state.from = Math.max(state.from, now - within - AGAIN);
        }
    }

    /** Stores how far looks have come, for who looks after this process, from time to time. */
    void remember(Session session, long now) throws SQLException {
        if (now >= remembered && now - remembered < REMEMBER_EVERY) {
            return;
        }
        remembered = now;
        Map<Integer, Long> eligible = new HashMap<>();
        states.forEach((objective, state) -> eligible.put(objective, state.from));
        if (!eligible.isEmpty()) {
            session.inTransaction(connection -> {
                TallyStore.lookedTo(connection, eligible);
                return eligible;
            });
        }
    }

    /** One batch of each room that has late jobs; answers whether there may be more. */
    private static boolean mark(Session session, StoredObjective stored, State state, Oldest late, long upTo)
            throws SQLException {
        List<Marked> found = new ArrayList<>();
        session.inTransaction((connection, pipeline) -> {
            for (Leaf leaf : late.leaves().keySet()) {
                TallyStore.markLate(pipeline, leaf, stored.id(), state.from, Limits.LATE_BATCH, found::add);
            }
            if (late.waiting() != null) {
                TallyStore.markLate(pipeline, null, stored.id(), state.from, Limits.LATE_BATCH, found::add);
            }
            pipeline.run(connection);
            return found;
        });
        List<Marked> full = found.stream()
                .filter(marked -> marked.jobs() == Limits.LATE_BATCH)
                .toList();
        long reached = full.stream().mapToLong(Marked::upTo).min().orElse(upTo);
        state.from = Math.max(state.from, reached - AGAIN);
        return !full.isEmpty();
    }

    /** In microseconds; 0 if no job can be late for it. */
    private static long within(Objective objective) {
        return objective.deadline().map(Watch::micros).orElse(0L);
    }
}
