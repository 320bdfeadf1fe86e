package io.penstock.alert;

import io.penstock.database.Session;
import io.penstock.job.Priority;
import io.penstock.store.Leaf;
import io.penstock.store.SampleStore;
import io.penstock.store.SampleStore.Depth;
import io.penstock.store.SampleStore.Level;
import io.penstock.store.SampleStore.Position;
import io.penstock.store.SampleStore.Seen;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Looks how deep queues are. Each look begins where the one before found the first jobs, and once a minute at the start. Segments that have no storage and are not
 * written to are left out for up to ten minutes, each for another time: so that the driver, which keeps some hundreds of statements prepared, keeps those that
 * are asked with every look. What commits late is seen then. For use by the watch's thread.
 */
final class Depths {

    private static final long FROM_START_EVERY = Watch.micros(Duration.ofMinutes(1));
    private static final long EMPTY_FOR = Watch.micros(Duration.ofMinutes(10));

    private final Map<Leaf, long[]> floors = new HashMap<>();
    private final Map<Leaf, Long> emptyUntil = new HashMap<>();
    private long fromStart = Long.MIN_VALUE;

    /**
     * Looks at some queues and remembers what they are at. Answers since when the first job that has not ended is eligible in each of their leaves, of those
     * asked for, in microseconds of the epoch; leaves without one are left out.
     *
     * @param eligibleFrom by queue, of which jobs that is asked; none of a queue that is left out
     * @param now in microseconds of the epoch
     */
    Map<Leaf, Long> take(Session session, List<Position> positions, Map<Integer, Long> eligibleFrom, long now)
            throws SQLException {
        if (now >= fromStart || fromStart > now + FROM_START_EVERY) {
            fromStart = now + FROM_START_EVERY;
            floors.clear();
        }
        Map<Integer, Depth> depths = new HashMap<>();
        Map<Leaf, Long> oldest = new HashMap<>();
        session.inTransaction((connection, pipeline) -> {
            for (Position position : positions) {
                for (int segment = 0; segment < Leaf.SEGMENTS; segment++) {
                    Leaf leaf = new Leaf(position.queueId(), segment);
                    if (segment == position.writeSegment() || !leftOut(leaf, now)) {
                        SampleStore.look(
                                pipeline,
                                leaf,
                                floors.getOrDefault(leaf, new long[Priority.LEVELS]),
                                eligibleFrom.get(position.queueId()),
                                seen -> {
                                    depths.merge(position.queueId(), seen.depth(), Depth::plus);
                                    seen(leaf, seen, position, oldest);
                                });
                    }
                }
                pipeline.run(connection); // a queue at a time: what is sent together is kept prepared together
            }
            List<Level> levels = new ArrayList<>();
            for (Position position : positions) {
                levels.add(new Level(
                        position.queueId(), position.drawn(), depths.getOrDefault(position.queueId(), Depth.NONE)));
            }
            SampleStore.write(connection, levels);
            return levels;
        });
        return oldest;
    }

    private boolean leftOut(Leaf leaf, long now) {
        long until = emptyUntil.getOrDefault(leaf, Long.MIN_VALUE);
        return now < until && until - now <= EMPTY_FOR;
    }

    private void seen(Leaf leaf, Seen seen, Position position, Map<Leaf, Long> oldest) {
        floors.put(leaf, below(seen.first(), position.drawn()));
        if (seen.empty()) {
            emptyUntil.put(leaf, position.at() + ThreadLocalRandom.current().nextLong(EMPTY_FOR));
        } else {
            emptyUntil.remove(leaf);
        }
        if (seen.oldest() != null) {
            oldest.put(leaf, seen.oldest());
        }
    }

    private static long[] below(@Nullable Long[] first, long drawn) {
        long[] below = new long[Priority.LEVELS];
        for (int level = 0; level < below.length; level++) {
            Long position = first[level];
            below[level] = position == null ? drawn : position - 1;
        }
        return below;
    }
}
