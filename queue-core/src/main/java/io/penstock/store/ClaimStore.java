package io.penstock.store;

import io.penstock.database.Pipeline;
import io.penstock.job.Attempt;
import io.penstock.job.Limits;
import io.penstock.job.PauseScope;
import io.penstock.job.Priority;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Takes jobs. Runs inside the caller's transaction. */
public final class ClaimStore {

    /**
     * What is claimed.
     *
     * @param floors by level
     * @param wanted by level: how many to stop at when its turn comes, so the same number for all takes so many in all
     * @param endedBefore attempts in the leaf that an earlier step ends: those that it cannot end keep their slots
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, by the step
    public record Claim(long workerId, long[] floors, int[] wanted, List<Attempt> endedBefore) {

        /** The same number of every level, which takes so many in all. */
        public Claim(long workerId, long[] floors, int wanted, List<Attempt> endedBefore) {
            this(workerId, floors, evenly(wanted), endedBefore);
        }

        private static int[] evenly(int wanted) {
            int[] each = new int[Priority.LEVELS];
            Arrays.fill(each, wanted);
            return each;
        }
    }

    private ClaimStore() {}

    /**
     * Claims up to {@code wanted} jobs of a leaf, above the floor of each level.
     *
     * @param floors by level; a job at or below its level's floor is not seen
     */
    public static List<ClaimedJob> claim(Connection connection, Leaf leaf, long workerId, long[] floors, int wanted)
            throws SQLException {
        Pipeline pipeline = new Pipeline();
        List<ClaimedJob> claimed = new ArrayList<>();
        claim(pipeline, connection, leaf, new Claim(workerId, floors, wanted, List.of()), claimed::addAll);
        pipeline.run(connection);
        return claimed;
    }

    /** The same as a step of a pipeline, whose connection is needed for its arrays. */
    public static void claim(
            Pipeline pipeline, Connection connection, Leaf leaf, Claim claim, Consumer<List<ClaimedJob>> claimed) {
        pipeline.add(
                Statements.of("claim", leaf),
                (statement, first) -> {
                    int next = first;
                    statement.setArray(next++, CompletionStore.ids(connection, claim.endedBefore()));
                    statement.setArray(next++, CompletionStore.tokens(connection, claim.endedBefore()));
                    for (int level = 0; level < Priority.LEVELS; level++) {
                        statement.setLong(next++, claim.floors()[level]);
                        statement.setInt(next++, Math.min(claim.wanted()[level], Limits.CLAIM_BATCH));
                    }
                    statement.setLong(next++, claim.workerId());
                    statement.setLong(next++, claim.workerId());
                    return next;
                },
                rows -> {
                    List<ClaimedJob> jobs = new ArrayList<>();
                    while (rows.next()) {
                        jobs.add(read(rows, leaf));
                    }
                    claimed.accept(jobs);
                });
    }

    /** Gives back what the worker owns in a leaf besides the jobs known; answers how many that were. */
    public static int releaseOrphans(
            Connection connection, Leaf leaf, long workerId, Range range, Collection<UUID> known) throws SQLException {
        int released = 0;
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("release_orphans", leaf))) {
            for (int level = 0; level < Priority.LEVELS; level++) {
                if (!range.empty(level)) {
                    int next = range.bind(statement, level);
                    statement.setLong(next++, workerId);
                    statement.setArray(next++, connection.createArrayOf("uuid", known.toArray()));
                    statement.setString(next, leaf.positionSequence());
                    released += CompletionStore.ids(statement).size();
                }
            }
        }
        return released;
    }

    /**
     * What a claim has to know of its queue.
     *
     * @param writeSegment the segment that enqueuers write to
     * @param perKey the limit per concurrency key: 0 if it was lifted, null if there never was one
     * @param rated whether the queue has a rate
     * @param keysRated whether its keys have one
     * @param ageing milliseconds after which a job of the lowest level moves up; null for never
     * @param paused what of the queue is paused: types and keys
     */
    public record QueueFacts(
            int writeSegment,
            @Nullable Integer perKey,
            boolean rated,
            boolean keysRated,
            @Nullable Integer ageing,
            Set<PauseScope> paused) {}

    /** Reads what a claim has to know of its queue, as a step of a pipeline. */
    public static void queueFacts(Pipeline pipeline, int queueId, Consumer<QueueFacts> facts) {
        pipeline.add(
                Statements.of("queue_facts"),
                (statement, first) -> {
                    statement.setInt(first, queueId);
                    return first + 1;
                },
                row -> {
                    if (row.next()) {
                        facts.accept(new QueueFacts(
                                row.getInt(1),
                                row.getObject(2, Integer.class),
                                row.getBoolean(3),
                                row.getBoolean(4),
                                row.getObject(5, Integer.class),
                                scopes(row.getArray(6))));
                    }
                });
    }

    /** Moves jobs of a leaf that have waited too long for their level one level up, as a step of a pipeline. */
    public static void age(Pipeline pipeline, Connection connection, Leaf leaf, long[] floors, int milliseconds) {
        pipeline.add(
                Statements.of("age", leaf),
                (statement, first) -> {
                    Object[] lower = Arrays.stream(floors).skip(1).boxed().toArray();
                    statement.setArray(first, connection.createArrayOf("bigint", lower));
                    statement.setInt(first + 1, Limits.PARK_BATCH);
                    statement.setInt(first + 2, milliseconds);
                    return first + 3;
                },
                rows -> {
                    // how many is of no interest
                });
    }

    private static Set<PauseScope> scopes(@Nullable Array subjects) throws SQLException {
        return subjects == null
                ? Set.of()
                : Arrays.stream((String[]) subjects.getArray())
                        .map(PauseScope::ofSubject)
                        .collect(Collectors.toSet());
    }

    /** Records that positions up to {@code ceiling} may have been claimed; answers the ceiling that now stands. */
    public static long raiseCeiling(Connection connection, int queueId, int priority, long ceiling)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("raise_ceiling"))) {
            statement.setLong(1, ceiling);
            statement.setInt(2, queueId);
            statement.setInt(3, priority);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("queue " + queueId + " has no claim ceiling for level " + priority, "P0002");
                }
                return row.getLong(1);
            }
        }
    }

    /** The ceilings of a queue, by level. */
    public static long[] ceilings(Connection connection, int queueId) throws SQLException {
        long[] ceilings = new long[Priority.LEVELS];
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("ceilings"))) {
            statement.setInt(1, queueId);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ceilings[rows.getInt(1)] = rows.getLong(2);
                }
            }
        }
        return ceilings;
    }

    static ClaimedJob read(ResultSet row, Leaf leaf) throws SQLException {
        return new ClaimedJob(
                new Attempt(
                        row.getObject("id", UUID.class),
                        row.getInt("generation"),
                        row.getInt("attempt"),
                        row.getLong("lease_token")),
                leaf,
                row.getInt("priority"),
                row.getLong("position"),
                row.getString("type"),
                row.getString("payload"),
                List.of((String[]) row.getArray("tags").getArray()),
                row.getString("metadata"),
                row.getString("concurrency_key"),
                row.getInt("max_attempts"),
                row.getObject("eligible_at", OffsetDateTime.class).toInstant(),
                row.getObject("first_claimed_at", OffsetDateTime.class).toInstant(),
                row.getObject("claimed_at", OffsetDateTime.class).toInstant(),
                row.getBoolean("was_paused"),
                false);
    }
}
