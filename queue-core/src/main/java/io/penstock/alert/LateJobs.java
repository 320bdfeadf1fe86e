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
        private long remembered;
        private long restsAt = -1;
        private boolean more;
    }

    private final Map<Integer, State> states = new HashMap<>();

    /** Whether there may be jobs that are late, or become so, unless something ended them. */
    boolean mayCome(StoredObjective stored, long drawn) {
        State state = states.get(stored.id());
        return within(stored.objective()) > 0 && (state == null || state.restsAt != drawn);
    }

    /**
     * Counts the late jobs of an objective.
     *
     * @param drawn the position that its queue has drawn last
     * @param now in microseconds of the epoch
     */
    void count(Session session, StoredObjective stored, long drawn, long now) throws SQLException {
        long within = within(stored.objective());
        State state = states.computeIfAbsent(stored.id(), id -> new State());
        if (within == 0 || state.restsAt == drawn) {
            return;
        }
        state.from = Math.max(state.from, stored.lookedTo() - AGAIN);
        state.more = true;
        for (int round = 0; state.more && round < ROUNDS; round++) {
            boolean rests = look(session, stored, state, now - within);
            state.restsAt = rests ? drawn : -1;
        }
        if (state.from - state.remembered > REMEMBER_EVERY) {
            state.remembered = state.from;
            session.inTransaction(connection -> {
                TallyStore.lookedTo(connection, stored.id(), state.from);
                return state;
            });
        }
    }

    /** One batch of each room; answers whether nothing is left that may become late. */
    private static boolean look(Session session, StoredObjective stored, State state, long upTo) throws SQLException {
        List<Marked> found = new ArrayList<>();
        List<Boolean> younger = new ArrayList<>();
        session.inTransaction((connection, pipeline) -> {
            for (int segment = 0; segment < Leaf.SEGMENTS; segment++) {
                Leaf leaf = new Leaf(stored.queueId(), segment);
                TallyStore.markLate(pipeline, leaf, stored.id(), state.from, Limits.LATE_BATCH, found::add);
                TallyStore.anySince(pipeline, leaf, state.from, younger::add);
            }
            TallyStore.markLate(pipeline, null, stored.id(), state.from, Limits.LATE_BATCH, found::add);
            pipeline.run(connection);
            return found;
        });
        List<Marked> full = found.stream()
                .filter(marked -> marked.jobs() == Limits.LATE_BATCH)
                .toList();
        long reached = full.stream().mapToLong(Marked::upTo).min().orElse(upTo);
        state.more = !full.isEmpty();
        state.from = Math.max(state.from, reached - AGAIN);
        return !state.more && !younger.contains(true);
    }

    /** In microseconds; 0 if no job can be late for it. */
    private static long within(Objective objective) {
        return objective.deadline().map(Watch::micros).orElse(0L);
    }
}
