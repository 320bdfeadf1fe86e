package io.penstock.alert;

import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.objective.Trend;
import io.penstock.store.ObjectiveStore.StoredObjective;
import io.penstock.store.SampleStore.Position;
import io.penstock.store.TallyStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
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
    private static final long GREATEST_PERIOD = Watch.micros(Duration.ofSeconds(5));

    private final Depths depths = new Depths();
    private final LateJobs late = new LateJobs();
    private final Map<Integer, Long> looked = new HashMap<>();
    private final Set<String> hidden = new HashSet<>();
    private final Map<Integer, Position> before = new HashMap<>();

    /**
     * Looks at what is due, if no other process does; answers whether anything is going on.
     *
     * @param trends what is known of a queue
     * @param now in microseconds of the epoch
     */
    boolean take(
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
        return !restless.isEmpty();
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
                depths.take(open, due, now);
                countLate(open, due, objectives, now);
            } catch (SQLException failure) {
                if (SqlFailure.connectionLost(failure)) {
                    throw failure;
                }
                lookOneByOne(open, due, objectives, now);
            }
        }
    }

    /** A lock on one queue's tables hides that queue, and no other. */
    private void lookOneByOne(Session open, List<Position> due, List<StoredObjective> objectives, long now)
            throws SQLException {
        for (Position position : due) {
            try {
                depths.take(open, List.of(position), now);
                countLate(open, List.of(position), objectives, now);
                if (hidden.remove(position.queue())) {
                    log.info("queue \"{}\" can be looked at again", position.queue());
                }
            } catch (SQLException failure) {
                if (SqlFailure.connectionLost(failure)) {
                    throw failure;
                }
                if (hidden.add(position.queue())) {
                    log.warn(
                            "queue \"{}\" cannot be looked at, so nothing is known of it; tried again every few seconds: {}",
                            position.queue(),
                            SqlFailure.describe(failure));
                }
            }
        }
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
                .orElse(GREATEST_PERIOD);
    }

    private void countLate(Session open, List<Position> positions, List<StoredObjective> objectives, long now)
            throws SQLException {
        Map<Integer, Position> byQueue = new HashMap<>();
        positions.forEach(position -> byQueue.put(position.queueId(), position));
        for (StoredObjective stored : objectives) {
            Position position = byQueue.get(stored.queueId());
            if (position != null) {
                late.count(open, stored, position.drawn(), now);
            }
        }
    }
}
