package io.penstock.alert;

import io.penstock.alert.LateJobs.Oldest;
import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.objective.Condition;
import io.penstock.objective.Evaluation;
import io.penstock.objective.Trend;
import io.penstock.store.Leaf;
import io.penstock.store.ObjectiveStore.StoredObjective;
import io.penstock.store.SampleStore;
import io.penstock.store.SampleStore.Position;
import io.penstock.store.TallyStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which queues are looked at when, and by whom: those where something is going on, as often as what was promised of them asks for, by whichever process takes the
 * pulse. For use by the watch's thread.
 */
final class Looks {

    private static final Logger log = LoggerFactory.getLogger(Looks.class);
    private static final long PULSE = 900;
    private static final long LEAST_PERIOD = Watch.micros(Duration.ofSeconds(1));
    private static final long GREATEST_PERIOD = Watch.micros(Duration.ofSeconds(15));
    private static final long PERIOD_WITHOUT = Watch.micros(Duration.ofSeconds(5));

    /** A queue that cannot be looked at, since when, in microseconds of the epoch, and why. */
    private record Hidden(long since, String why) {}

    private final Depths depths = new Depths();
    private final LateJobs late = new LateJobs();
    private final Map<Integer, Long> looked = new HashMap<>();
    private final Map<String, Hidden> hidden = new HashMap<>();
    private final Map<Integer, Position> before = new HashMap<>();

    /**
     * Looks at what is due, if no other process does; answers in what time something is due again.
     *
     * @param trends what is known of a queue
     * @param now in microseconds of the epoch
     */
    Duration take(
            Session open,
            List<Position> positions,
            List<StoredObjective> objectives,
            IntFunction<Trend> trends,
            long now)
            throws SQLException {
        List<Position> restless = positions.stream()
                .filter(position -> !rests(position, trends) || mayBecomeLate(position, objectives))
                .toList();
        if (!restless.isEmpty() && open.inTransaction(connection -> TallyStore.takePulse(connection, "look", PULSE))) {
            lookAt(open, restless, objectives, now);
        }
        positions.forEach(position -> before.put(position.queueId(), position));
        return (restless.isEmpty() ? restless : positions)
                .stream()
                        .map(position -> Duration.ofNanos(1_000 * period(position.queueId(), objectives)))
                        .filter(period -> period.compareTo(Watch.AT_REST) < 0)
                        .min(Duration::compareTo)
                        .orElse(Watch.AT_REST);
    }

    /** Nothing has arrived since, and nothing was there. */
    private boolean rests(Position position, IntFunction<Trend> trends) {
        Position last = before.get(position.queueId());
        return last != null
                && last.drawn() == position.drawn()
                && trends.apply(position.queueId()).depth() == 0
                && trends.apply(position.queueId()).at() > Double.NEGATIVE_INFINITY;
    }

    private boolean mayBecomeLate(Position position, List<StoredObjective> objectives) {
        return objectives.stream()
                .anyMatch(stored -> stored.queueId() == position.queueId() && late.mayCome(stored, position.drawn()));
    }

    private void lookAt(Session open, List<Position> restless, List<StoredObjective> objectives, long now)
            throws SQLException {
        List<Position> due = restless.stream()
                .filter(position -> {
                    long since = now - looked.getOrDefault(position.queueId(), Long.MIN_VALUE / 2);
                    return since >= period(position.queueId(), objectives) - LEAST_PERIOD / 10 || since < 0;
                })
                .toList();
        if (!due.isEmpty()) {
            due.forEach(position -> looked.put(position.queueId(), now));
            try {
                if (!hidden.isEmpty()) { // what was hidden may be still
                    lookOneByOne(open, due, objectives, now);
                    return;
                }
                look(open, due, objectives, now);
            } catch (SQLException failure) {
                if (SqlFailure.connectionLost(failure)) {
                    throw failure;
                }
                lookOneByOne(open, due, objectives, now);
            }
        }
    }

    /** A lock on one queue's tables hides that queue, and no other. */
    private void lookOneByOne(Session open, List<Position> due, List<StoredObjective> objectives, long moment)
            throws SQLException {
        for (Position position : due) {
            try {
                look(open, List.of(position), objectives, moment);
                if (hidden.remove(position.queue()) != null) {
                    log.info("queue \"{}\" can be looked at again", position.queue());
                }
            } catch (SQLException failure) {
                if (SqlFailure.connectionLost(failure)) {
                    throw failure;
                }
                Hidden now = new Hidden(moment, SqlFailure.describe(failure));
                if (hidden.putIfAbsent(position.queue(), now) == null) {
                    log.warn(
                            "queue \"{}\" cannot be looked at, so nothing is known of it; tried again every few seconds: {}",
                            position.queue(),
                            now.why());
                }
            }
        }
    }

    /** What nothing is known of, for long. */
    List<Condition> blind(long now) {
        List<Condition> conditions = new ArrayList<>();
        hidden.forEach((queue, since) -> Evaluation.blind(queue, (now - since.since()) / 1e6, since.why())
                .ifPresent(conditions::add));
        return conditions;
    }

    /** A fifth of the least that was promised of the queue, within bounds. */
    private static long period(int queueId, List<StoredObjective> objectives) {
        return objectives.stream()
                .filter(stored -> stored.queueId() == queueId)
                .map(stored -> stored.objective().deadline())
                .flatMap(Optional::stream)
                .mapToLong(deadline -> Watch.micros(deadline) / 5)
                .map(part -> Math.max(LEAST_PERIOD, Math.min(GREATEST_PERIOD, part)))
                .min()
                .orElse(PERIOD_WITHOUT);
    }

    /** Looks at queues, and counts their late jobs where there are any. */
    private void look(Session open, List<Position> positions, List<StoredObjective> objectives, long now)
            throws SQLException {
        Map<Integer, List<StoredObjective>> byQueue =
                objectives.stream().collect(Collectors.groupingBy(StoredObjective::queueId));
        Map<Integer, Long> from = new HashMap<>();
        positions.forEach(position -> late.from(byQueue.getOrDefault(position.queueId(), List.of()))
                .ifPresent(moment -> from.put(position.queueId(), moment)));
        Map<Leaf, Long> oldest = depths.take(open, positions, from, now);
        if (from.isEmpty()) {
            return;
        }
        Map<Integer, Long> waiting = open.inTransaction(connection -> SampleStore.oldestWaiting(connection, from));
        Map<Integer, Map<Leaf, Long>> leaves = new HashMap<>();
        oldest.forEach((leaf, eligible) ->
                leaves.computeIfAbsent(leaf.queueId(), queue -> new HashMap<>()).put(leaf, eligible));
        for (Position position : positions) {
            int queueId = position.queueId();
            Oldest ofQueue = new Oldest(leaves.getOrDefault(queueId, Map.of()), waiting.get(queueId));
            for (StoredObjective stored : byQueue.getOrDefault(queueId, List.of())) {
                late.count(open, stored, ofQueue, position.drawn(), now);
            }
        }
        late.remember(open, now);
    }
}
