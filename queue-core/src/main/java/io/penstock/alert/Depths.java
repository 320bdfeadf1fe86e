package io.penstock.alert;

import io.penstock.database.Session;
import io.penstock.job.Limits;
import io.penstock.job.Priority;
import io.penstock.store.Leaf;
import io.penstock.store.SampleStore;
import io.penstock.store.SampleStore.Depth;
import io.penstock.store.SampleStore.Level;
import io.penstock.store.SampleStore.Position;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks how deep queues are. Each look begins where the one before found the first jobs, and once a minute at the start: what commits late below is
 * seen then. For use by the watch's thread.
 */
final class Depths {

    private static final long FROM_START_EVERY = 60_000_000L;

    private final Map<Leaf, long[]> floors = new HashMap<>();
    private long fromStart = Long.MIN_VALUE;

    /**
     * Looks at some queues and remembers what they are at.
     *
     * @param now in microseconds of the epoch
     */
    void take(Session session, List<Position> positions, long now) throws SQLException {
        if (now >= fromStart || fromStart > now + FROM_START_EVERY) {
            fromStart = now + FROM_START_EVERY;
            floors.clear();
        }
        Map<Integer, Depth> depths = new HashMap<>();
        session.inTransaction((connection, pipeline) -> {
            for (Position position : positions) {
                for (int segment = 0; segment < Leaf.SEGMENTS; segment++) {
                    Leaf leaf = new Leaf(position.queueId(), segment);
                    long[] from = floors.getOrDefault(leaf, new long[Priority.LEVELS]);
                    SampleStore.depth(pipeline, leaf, from, Limits.SAMPLED_JOBS, (depth, first) -> {
                        depths.merge(position.queueId(), depth, Depth::plus);
                        floors.put(leaf, below(first, position.drawn()));
                    });
                }
            }
            pipeline.run(connection);
            List<Level> levels = new ArrayList<>();
            for (Position position : positions) {
                levels.add(new Level(
                        position.queueId(), position.drawn(), depths.getOrDefault(position.queueId(), Depth.NONE)));
            }
            SampleStore.write(connection, levels);
            return levels;
        });
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
