package io.penstock.store;

import io.penstock.database.Pipeline;
import io.penstock.job.Attempt;
import io.penstock.job.Limits;
import io.penstock.job.Priority;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** Takes jobs. Runs inside the caller's transaction. */
public final class ClaimStore {

    /**
     * What is claimed.
     *
     * @param floors by level
     * @param endedBefore attempts in the leaf that an earlier step ends: those that it cannot end keep their slots
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, by the step
    public record Claim(long workerId, long[] floors, int wanted, List<Attempt> endedBefore) {}

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
        int bounded = Math.min(claim.wanted(), Limits.CLAIM_BATCH);
        pipeline.add(
                Statements.of("claim", leaf),
                (statement, first) -> {
                    int next = first;
                    statement.setArray(next++, CompletionStore.ids(connection, claim.endedBefore()));
                    statement.setArray(next++, CompletionStore.tokens(connection, claim.endedBefore()));
                    for (int level = 0; level < Priority.LEVELS; level++) {
                        statement.setLong(next++, claim.floors()[level]);
                        statement.setInt(next++, bounded);
                    }
                    statement.setLong(next++, claim.workerId());
                    statement.setLong(next++, claim.workerId());
                    return next;
                },
                rows -> {
                    List<ClaimedJob> jobs = new ArrayList<>(bounded);
                    while (rows.next()) {
                        jobs.add(read(rows, leaf));
                    }
                    claimed.accept(jobs);
                });
    }

    /** Gives back what the worker owns in a leaf besides the jobs known; answers how many that were. */
    public static int releaseOrphans(
            Connection connection, Leaf leaf, long workerId, long[] ceilings, Collection<UUID> known)
            throws SQLException {
        int released = 0;
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("release_orphans", leaf))) {
            for (int level = 0; level < ceilings.length; level++) {
                if (ceilings[level] > 0) {
                    statement.setInt(1, level);
                    statement.setLong(2, ceilings[level]);
                    statement.setLong(3, workerId);
                    statement.setArray(4, connection.createArrayOf("uuid", known.toArray()));
                    statement.setString(5, leaf.positionSequence());
                    released += CompletionStore.ids(statement).size();
                }
            }
        }
        return released;
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

    private static ClaimedJob read(ResultSet row, Leaf leaf) throws SQLException {
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
                row.getObject("claimed_at", OffsetDateTime.class).toInstant());
    }
}
