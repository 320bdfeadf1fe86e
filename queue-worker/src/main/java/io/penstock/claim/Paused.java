package io.penstock.claim;

import io.penstock.database.Pipeline;
import io.penstock.job.PauseScope;
import io.penstock.store.ClaimedJob;
import io.penstock.store.KeyStore;
import io.penstock.store.Leaf;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Pauses of parts of one queue: of what was claimed, jobs of a paused type or key are parked, and what stands next in line of
 * the same with them. Maintenance puts them back when the pause is over. For use by one thread.
 */
final class Paused {

    private Set<PauseScope> scopes = Set.of();
    private boolean parked;

    /** What the claim's own transaction reads. */
    void are(Set<PauseScope> paused) {
        scopes = paused;
        parked = false;
    }

    /**
     * Parks what is paused.
     *
     * @param ahead adds to a pipeline that what is paused is parked of what comes next in line
     * @return the other jobs
     */
    List<ClaimedJob> sift(Connection connection, List<ClaimedJob> jobs, BiConsumer<Pipeline, PauseScope> ahead)
            throws SQLException {
        Map<PauseScope, List<ClaimedJob>> paused = new LinkedHashMap<>();
        List<ClaimedJob> kept = new ArrayList<>();
        for (ClaimedJob job : jobs) {
            PauseScope pause = scopes.isEmpty() ? null : of(job);
            if (pause == null) {
                kept.add(job);
            } else {
                paused.computeIfAbsent(pause, scope -> new ArrayList<>()).add(job);
            }
        }
        if (paused.isEmpty()) {
            return jobs;
        }
        parked = true;
        Pipeline pipeline = new Pipeline();
        paused.forEach((pause, ofIt) -> {
            ofIt.stream()
                    .map(ClaimedJob::leaf)
                    .distinct()
                    .sorted(Comparator.comparingInt(Leaf::segment))
                    .forEach(leaf -> KeyStore.park(pipeline, connection, leaf, in(leaf, ofIt), pause));
            ahead.accept(pipeline, pause);
        });
        pipeline.run(connection);
        return kept;
    }

    private @Nullable PauseScope of(ClaimedJob job) {
        PauseScope type = PauseScope.type(job.type());
        if (scopes.contains(type) || job.concurrencyKey() == null) {
            return scopes.contains(type) ? type : null;
        }
        PauseScope key = PauseScope.key(job.concurrencyKey());
        return scopes.contains(key) ? key : null;
    }

    private static List<ClaimedJob> in(Leaf leaf, List<ClaimedJob> jobs) {
        return jobs.stream().filter(job -> job.leaf().equals(leaf)).toList();
    }

    /** Whether some were parked, so that permits are left for what comes behind them. */
    boolean parked() {
        return parked;
    }
}
