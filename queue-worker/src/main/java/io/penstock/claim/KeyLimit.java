package io.penstock.claim;

import io.penstock.database.Pipeline;
import io.penstock.job.Limits;
import io.penstock.store.ClaimedJob;
import io.penstock.store.KeyStore;
import io.penstock.store.KeyStore.Taken;
import io.penstock.store.Leaf;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One queue's limit per concurrency key, and the rate of each. Of what was claimed from the line, the jobs whose keys have no room are parked, and what
 * stands next in line of the same keys with them; permits that are left go to parked jobs whose keys have room, each key in its
 * turn. While jobs are parked, line and parked jobs share the permits evenly, so that neither waits for the other.
 *
 * <p>Nothing that is remembered here decides who may run: what has room is asked of the database under the keys' locks. For use by
 * one thread.
 */
final class KeyLimit {

    private static final long SWEEP_EVERY = 1_000_000_000L;

    private final int queueId;
    private @Nullable Integer limit;
    private boolean rated;
    private boolean parked = true;
    private String after = "";
    private boolean lineIsNext;
    private long lastSweep = Long.MIN_VALUE / 2;

    // of the transaction under way
    private int wanted;
    private int ofLine;
    private boolean swept;
    private boolean again;

    KeyLimit(int queueId) {
        this.queueId = queueId;
    }

    /**
     * What the claim's own transaction reads.
     *
     * @param perKey null if the queue never had a limit or a rate per key, 0 if it has no limit any more
     */
    void are(@Nullable Integer perKey, boolean keysRated) {
        rated = keysRated;
        limit = perKey == null && keysRated ? Integer.valueOf(0) : perKey;
    }

    /** How many of the jobs wanted may come from the line. */
    int ofLine(int wantedInAll, long now) {
        wanted = wantedInAll;
        swept = now - lastSweep >= SWEEP_EVERY;
        again = false;
        if (limit == null) {
            ofLine = wanted;
        } else {
            ofLine = parked || swept ? (wanted + (lineIsNext ? 1 : 0)) / 2 : wanted;
        }
        return ofLine;
    }

    /**
     * Parks what has no room, and takes parked jobs that have.
     *
     * @param fromLine what the transaction has claimed
     * @param parkAhead adds to a pipeline that the jobs of some keys which come next in line are parked
     * @return what is to run
     */
    List<ClaimedJob> sift(
            Connection connection,
            long workerId,
            List<ClaimedJob> fromLine,
            BiConsumer<Pipeline, Set<String>> parkAhead)
            throws SQLException {
        if (limit == null) {
            return fromLine;
        }
        lineIsNext = !lineIsNext;
        Pipeline pipeline = new Pipeline();
        if (swept) {
            for (int segment = 0; segment < Leaf.SEGMENTS; segment++) {
                KeyStore.sweep(pipeline, new Leaf(queueId, segment));
            }
            if (rated) {
                KeyStore.sweepBuckets(pipeline, queueId);
            }
        }
        List<ClaimedJob> limited = limit == 0 && !rated
                ? List.of()
                : fromLine.stream().filter(job -> job.concurrencyKey() != null).toList();
        Set<UUID> admitted = new HashSet<>();
        if (!limited.isEmpty()) {
            KeyStore.admit(pipeline, connection, queueId, limited, admitted::addAll);
            pipeline.run(connection);
        }
        List<ClaimedJob> refused = limited.stream()
                .filter(job -> !admitted.contains(job.attempt().jobId()))
                .toList();
        park(pipeline, connection, refused, parkAhead);
        List<ClaimedJob> kept = fromLine.stream()
                .filter(job -> !refused.contains(job))
                .map(job -> limited.contains(job) ? job.holdingKey() : job)
                .toList();
        List<ClaimedJob> taken = take(pipeline, connection, workerId, wanted - kept.size());
        boolean lineHasMore = !refused.isEmpty() || (ofLine < wanted && fromLine.size() >= ofLine);
        again = kept.size() + taken.size() < wanted && (lineHasMore || !after.isEmpty());
        parked |= !refused.isEmpty();
        return Stream.concat(kept.stream(), taken.stream()).toList();
    }

    private void park(
            Pipeline pipeline,
            Connection connection,
            List<ClaimedJob> refused,
            BiConsumer<Pipeline, Set<String>> parkAhead) {
        if (refused.isEmpty()) {
            return;
        }
        Map<Integer, List<ClaimedJob>> bySegment = refused.stream()
                .collect(Collectors.groupingBy(job -> job.leaf().segment(), TreeMap::new, Collectors.toList()));
        bySegment.forEach(
                (segment, jobs) -> KeyStore.park(pipeline, connection, new Leaf(queueId, segment), jobs, null));
        parkAhead.accept(
                pipeline, refused.stream().map(ClaimedJob::concurrencyKey).collect(Collectors.toSet()));
    }

    private List<ClaimedJob> take(Pipeline pipeline, Connection connection, long workerId, int most)
            throws SQLException {
        Taken[] taken = {new Taken(List.of(), after, parked)};
        if (most > 0) {
            KeyStore.takeParked(
                    pipeline, queueId, workerId, Math.min(most, Limits.CLAIM_BATCH), after, found -> taken[0] = found);
        }
        pipeline.run(connection);
        after = taken[0].goOnAfter();
        parked = taken[0].seen();
        return taken[0].jobs();
    }

    /** The transaction has committed. */
    void committed(long now) {
        if (swept) {
            lastSweep = now;
        }
    }

    /** Whether there is more to be done at once: permits are left, and perhaps somebody for them. */
    boolean again() {
        return again;
    }
}
