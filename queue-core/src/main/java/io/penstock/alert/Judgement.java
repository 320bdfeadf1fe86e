package io.penstock.alert;

import io.penstock.database.Session;
import io.penstock.objective.BurnRule;
import io.penstock.objective.Condition;
import io.penstock.objective.Evaluation;
import io.penstock.objective.Histogram;
import io.penstock.objective.Objective;
import io.penstock.objective.Severity;
import io.penstock.objective.Tally;
import io.penstock.objective.Trend;
import io.penstock.store.FleetStore;
import io.penstock.store.FleetStore.Fleet;
import io.penstock.store.HistogramStore;
import io.penstock.store.HistogramStore.Measured;
import io.penstock.store.ObjectiveStore.StoredObjective;
import io.penstock.store.SampleStore;
import io.penstock.store.SampleStore.Position;
import io.penstock.store.SampleStore.Sample;
import io.penstock.store.TallyStore;
import io.penstock.store.TallyStore.Tallies;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What this process makes of what is stored. For use by the watch's thread. */
final class Judgement {

    private static final long PAGES_EVERY = Watch.micros(Duration.ofSeconds(10));
    private static final long TICKETS_EVERY = Watch.micros(Duration.ofMinutes(5));
    private static final long TIMES_EVERY = Watch.micros(Duration.ofSeconds(30));
    private static final long SET_BACK = Watch.micros(Duration.ofMinutes(1));
    private static final long MEMORY = Watch.micros(Duration.ofMinutes(20));
    private static final int TIMES_MINUTES = 15;
    private static final double NEARLY_ALL = 0.95;

    private final Evaluation evaluation = new Evaluation();
    private final Map<Integer, Trend> trends = new HashMap<>();
    private final Map<Integer, Tallies> tallies = new HashMap<>();
    private final Map<Severity, Long> due = new HashMap<>();
    private @Nullable Fleet fleet;
    private Map<Measured, Histogram> times = Map.of();
    private long timesDue;
    private long read = Long.MIN_VALUE;
    private Set<Integer> looked = Set.of();

    /** Reads what others and this process have seen since the last time. */
    void read(Session session, long now) throws SQLException {
        if (read > now + SET_BACK) { // the clock was set back, and what was seen before is in the future
            trends.clear();
            due.clear();
            timesDue = 0;
            read = Long.MIN_VALUE;
        }
        long from = Math.max(read, now - MEMORY);
        List<Sample> samples = session.inTransaction(connection -> SampleStore.since(connection, from));
        Set<Integer> seen = new TreeSet<>();
        for (Sample sample : samples) {
            Trend trend = trends.computeIfAbsent(sample.queueId(), queue -> new Trend());
            if (sample.at() / 1e6 > trend.at()) {
                sample.addTo(trend);
                seen.add(sample.queueId());
            }
            read = Math.max(read, sample.at());
        }
        looked = seen;
        if (now >= timesDue) {
            timesDue = now + TIMES_EVERY;
            times = session.inTransaction(connection -> HistogramStore.read(connection, TIMES_MINUTES));
        }
        if (now >= due.getOrDefault(Severity.PAGE, Long.MIN_VALUE)) {
            fleet = session.inTransaction(FleetStore::read);
        }
        readTallies(session, Severity.PAGE, PAGES_EVERY, now);
        readTallies(session, Severity.TICKET, TICKETS_EVERY, now);
    }

    private void readTallies(Session session, Severity severity, long every, long now) throws SQLException {
        if (now < due.getOrDefault(severity, Long.MIN_VALUE)) {
            return;
        }
        due.put(severity, now + every);
        List<Integer> spans = Arrays.stream(BurnRule.values())
                .filter(rule -> rule.severity() == severity)
                .flatMap(rule -> List.of(rule.longMinutes(), rule.shortMinutes()).stream())
                .toList();
        Tallies counted = session.inTransaction(connection -> TallyStore.tallies(connection, spans));
        spans.forEach(span -> tallies.put(span, counted));
    }

    /** What is wrong now. */
    List<Condition> conditions(List<StoredObjective> objectives, List<Position> positions) {
        List<Condition> conditions = new ArrayList<>();
        Set<Integer> promised = new TreeSet<>();
        for (StoredObjective stored : objectives) {
            Objective objective = stored.objective();
            conditions.addAll(Evaluation.burns(objective, span -> tally(stored.id(), span)));
            if (objective.deadline().isPresent()) {
                promised.add(stored.queueId());
                if (looked.contains(stored.queueId())) {
                    conditions.addAll(evaluation.looks(
                            objective, trend(stored.queueId()), run(stored.queueId(), objective.type())));
                }
            }
        }
        for (Position position : positions) {
            if (!promised.contains(position.queueId())) {
                conditions.addAll(
                        Evaluation.looks(position.queue(), trend(position.queueId()), run(position.queueId(), null)));
            }
        }
        if (fleet != null) {
            conditions.addAll(
                    Evaluation.guarantees(fleet.missing(), fleet.members().size()));
        }
        return conditions;
    }

    private Tally tally(int objectiveId, int span) {
        Tallies counted = tallies.get(span);
        return counted == null ? Tally.NOTHING : counted.of(objectiveId, span);
    }

    /** Where a queue is going. */
    Trend trend(int queueId) {
        return trends.getOrDefault(queueId, new Trend());
    }

    /** How many seconds nearly all of the runs took; not a number if none is known. */
    private double run(int queueId, @Nullable String type) {
        Histogram histogram = times.get(new Measured(queueId, type, "run"));
        return histogram == null ? Double.NaN : histogram.quantile(NEARLY_ALL);
    }
}
