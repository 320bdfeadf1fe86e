package io.penstock.maintain;

import io.penstock.connect.Link;
import io.penstock.database.Pipeline;
import io.penstock.database.ServerIdentity;
import io.penstock.handover.Floors;
import io.penstock.handover.Horizon;
import io.penstock.job.Limits;
import io.penstock.store.FloorStore;
import io.penstock.store.Leaf;
import io.penstock.store.QueueStore;
import io.penstock.store.QueueStore.StoredQueue;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the live jobs of every queue in little space. Enqueuers write to one of a queue's segments; when that has grown
 * long, they are moved on to one that is drained, and drained segments are emptied: dead rows and index entries go with
 * them, whatever old snapshot is held somewhere.
 *
 * <p>On the way it learns where the jobs of each leaf begin, which bounds what a rescue has to read.
 */
final class SegmentKeeper {

    private static final class State {
        private final Leaf leaf;
        private Floors floors = Floors.NONE;
        private boolean drained;
        /** Whether there may be something to empty. */
        private boolean used = true;
        /** After a lock that was not free: others would wait behind every try. */
        private long pause;

        private long notBefore = System.nanoTime();

        State(Leaf leaf) {
            this.leaf = leaf;
        }
    }

    private static final long EVERY = 1_000_000_000L;
    private static final long LONGEST_PAUSE = 10_000_000_000L;
    /** Locks that were not free in one run, each waited for 50 ms: promotion and rescue come after it. */
    static final int REFUSED_LOCKS = 4;

    private final Link link;
    private final FloorKeeper floorKeeper;
    private final Map<Leaf, Floors> published = new ConcurrentHashMap<>();
    private final Map<Integer, State[]> queues = new HashMap<>();
    private final Map<Integer, Long> lookedAt = new HashMap<>();
    private int connection;
    private long next = System.nanoTime();
    /** As of the last run; and whether that left something to do. */
    private Horizon seen = Horizon.NOTHING;

    private boolean outstanding = true;
    private int refused;
    /** The queue that was refused last: the next run begins behind it, so that everybody's turn comes. */
    private int lastRefused;

    SegmentKeeper(Link link, FloorKeeper floorKeeper) {
        this.link = link;
        this.floorKeeper = floorKeeper;
    }

    /**
     * Up to where, by level, there is no job in a leaf, for a connection to that server opened then. Safe for use by many
     * threads.
     */
    long[] floors(Leaf leaf, ServerIdentity server, long connectedAt) {
        Floors floors = published.getOrDefault(leaf, Floors.NONE);
        return (floors.heldOn(server, connectedAt) ? floors : Floors.NONE).levels();
    }

    void run(long now) throws SQLException {
        if (now - next < 0) {
            return;
        }
        next = now + EVERY;
        if (link.opened() != connection) {
            connection = link.opened();
            queues.clear();
            lookedAt.clear();
            published.clear();
            outstanding = true;
        }
        Horizon horizon = floorKeeper.horizon();
        if (!outstanding && horizon.sameAs(seen)) {
            return;
        }
        seen = horizon;
        outstanding = true;
        Failures failures = new Failures();
        refused = 0;
        List<StoredQueue> inTurn = link.inTransaction(QueueStore::all);
        inTurn.sort(Comparator.comparing((StoredQueue queue) -> queue.queueId() <= lastRefused));
        for (StoredQueue queue : inTurn) {
            State[] states = states(queue);
            failures.collect(() -> {
                look(queue, states, horizon);
                empty(queue, states, horizon, now);
            });
        }
        failures.throwFirst();
        outstanding = inTurn.stream().anyMatch(this::toBeEmptied);
    }

    /** Whether segments that nobody writes to are not emptied yet, or the one that is written to has grown too long. */
    private boolean toBeEmptied(StoredQueue queue) {
        boolean used = false;
        for (State state : states(queue)) {
            used |= state.used && state.leaf.segment() != queue.writeSegment();
        }
        return used || seen.drawn().position(queue.queueId()) - queue.segmentSince() >= Limits.SEGMENT_POSITIONS;
    }

    private State[] states(StoredQueue queue) {
        return queues.computeIfAbsent(queue.queueId(), SegmentKeeper::states);
    }

    private static State[] states(int queueId) {
        State[] states = new State[Leaf.SEGMENTS];
        for (int segment = 0; segment < states.length; segment++) {
            states[segment] = new State(new Leaf(queueId, segment));
        }
        return states;
    }

    /** Where the jobs begin now. A queue at rest with nothing to be emptied is not looked at. */
    private void look(StoredQueue queue, State[] states, Horizon horizon) throws SQLException {
        long drawn = horizon.drawn().position(queue.queueId());
        boolean moved = !Long.valueOf(drawn).equals(lookedAt.put(queue.queueId(), drawn));
        states[queue.writeSegment()].used |= moved;
        boolean worthIt = moved;
        for (State state : states) {
            state.floors = state.floors.under(horizon, queue.queueId());
            worthIt |= state.used && state.leaf.segment() != queue.writeSegment();
        }
        if (worthIt) {
            link.inTransaction((connection, pipeline) -> {
                for (State state : states) {
                    look(state, pipeline);
                }
                pipeline.run(connection);
                return states;
            });
        }
        for (State state : states) {
            published.put(state.leaf, state.floors);
        }
    }

    private static void look(State state, Pipeline pipeline) {
        FloorStore.lowestRow(pipeline, state.leaf, state.floors.levels(), lowest -> {
            state.drained = Arrays.stream(lowest).allMatch(position -> position == Long.MAX_VALUE);
            state.used |= !state.drained;
            state.floors = state.floors.raised(lowest, state.leaf.queueId());
        });
    }

    private void empty(StoredQueue queue, State[] states, Horizon horizon, long now) throws SQLException {
        long drawn = horizon.drawn().position(queue.queueId());
        boolean moveOn = drawn - queue.segmentSince() >= Limits.SEGMENT_POSITIONS;
        for (State state : states) {
            boolean writtenTo = state.leaf.segment() == queue.writeSegment();
            boolean wanted = !writtenTo && state.drained && (state.used || moveOn) && now - state.notBefore >= 0;
            if (wanted && refused < REFUSED_LOCKS) {
                boolean emptied = clear(state, horizon, moveOn ? drawn : null, now);
                state.used = !emptied;
                moveOn &= !emptied;
            }
        }
    }

    private boolean clear(State state, Horizon horizon, @Nullable Long writeFrom, long now) throws SQLException {
        Leaf leaf = state.leaf;
        Map<Long, Long> open = horizon.open().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().position(leaf.queueId())));
        try {
            boolean emptied = link.inTransaction(
                    connection -> QueueStore.clearSegment(connection, leaf, state.floors.levels(), open, writeFrom));
            state.pause = 0;
            return emptied;
        } catch (SQLException failure) {
            state.pause = Math.min(Math.max(2 * state.pause, EVERY), LONGEST_PAUSE);
            state.notBefore = now + state.pause;
            refused++;
            lastRefused = leaf.queueId();
            throw failure;
        }
    }
}
