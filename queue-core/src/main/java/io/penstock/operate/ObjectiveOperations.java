package io.penstock.operate;

import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.penstock.job.Limits;
import io.penstock.objective.Histogram;
import io.penstock.objective.LateCause;
import io.penstock.objective.LatencyObjective;
import io.penstock.objective.Objective;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.objective.Trend;
import io.penstock.store.HistogramStore;
import io.penstock.store.HistogramStore.Measured;
import io.penstock.store.LatenessStore;
import io.penstock.store.LatenessStore.Late;
import io.penstock.store.ObjectiveStore;
import io.penstock.store.ObjectiveStore.StoredObjective;
import io.penstock.store.SampleStore;
import io.penstock.store.SampleStore.Position;
import io.penstock.store.SampleStore.Sample;
import io.penstock.store.TallyStore;
import io.penstock.store.TallyStore.Tallies;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What an operator does with objectives. Safe for use by many threads; holds no connection between calls. Every change is written to
 * {@code penstock.audit} with it. Reading needs the rights of {@code penstock_reader}, changing those of {@code penstock_worker}.
 *
 * <p>All methods throw the types of {@link io.penstock.error}: refused input, contention, an unavailable server.
 */
public final class ObjectiveOperations {

    private static final int HOUR = 60;
    private static final int OWN_PERIOD = 0;
    private static final int RUNS_OF_MINUTES = 15;
    private static final long SAMPLES_OF = Duration.ofMinutes(2).toNanos() / 1_000;
    private static final double NEARLY_ALL = 0.95;

    private final Transactions transactions;
    private final Audit audit;

    private ObjectiveOperations(DataSource dataSource, Audit audit) {
        this.transactions = new Transactions(Checks.present("data source", dataSource));
        this.audit = audit;
    }

    /**
     * For an operator.
     *
     * @param actor who that is, or null if the login says it
     */
    public static ObjectiveOperations on(DataSource dataSource, @Nullable String actor) {
        if (actor != null) {
            Checks.ofLength("actor", actor, 1, Limits.KEY_CHARACTERS);
        }
        return new ObjectiveOperations(dataSource, new Audit(true, actor));
    }

    /** For a service, which declares its objectives with every start: nothing is written to {@code penstock.audit}. */
    public static ObjectiveOperations unaudited(DataSource dataSource) {
        return new ObjectiveOperations(dataSource, Audit.NONE);
    }

    /**
     * Makes each objective, or sets the one of its kind and type anew, in one transaction. What an operator sets counts at once; what a service declares counts
     * if it differs from what it declared before, so that an operator's change outlives a restart. What was counted before stays.
     *
     * @throws RefusedException if a queue is not there
     */
    public void declare(Objective... objectives) {
        Checks.present("objective", (Object) objectives);
        transactions.transact("declaration of objectives", connection -> {
            for (Objective objective : objectives) {
                Checks.present("objective", objective);
                boolean changed = audit.written()
                        ? ObjectiveStore.set(connection, objective)
                        : ObjectiveStore.declare(connection, objective);
                if (changed) {
                    audit.write(connection, "objective", subject(objective.queue()), details(objective));
                }
            }
            return objectives;
        });
    }

    private static Map<String, Object> details(Objective objective) {
        return Map.of(
                "kind", objective.kind(),
                "subject", objective.subject(),
                "promise", objective.promise(),
                "target", objective.target(),
                "days", objective.days());
    }

    /**
     * Removes an objective with all that was counted for it.
     *
     * @param kind as of {@link Objective#kind}
     * @param type of the jobs that count, or null for all of the queue
     * @return false if there was none
     */
    public boolean remove(String queue, String kind, @Nullable String type) {
        Checks.present("queue name", queue);
        Checks.present("objective kind", kind);
        return transactions.transact(subject(queue), connection -> {
            boolean removed = ObjectiveStore.remove(connection, queue, kind, type);
            if (removed) {
                audit.write(
                        connection,
                        "objective removed",
                        subject(queue),
                        Map.of("kind", kind, "type", type == null ? "" : type));
            }
            return removed;
        });
    }

    /** Every objective, how it is kept and where its queue is going; in order of queue, kind and type. */
    public List<ObjectiveStatus> list() {
        return transactions.inSession("objectives", TransactionLimits.DEFAULT, session -> {
            List<StoredObjective> all = session.inTransaction(ObjectiveStore::all);
            Tallies tallies =
                    session.inTransaction(connection -> TallyStore.tallies(connection, List.of(HOUR, OWN_PERIOD)));
            Map<Measured, Histogram> times =
                    session.inTransaction(connection -> HistogramStore.read(connection, RUNS_OF_MINUTES));
            Map<Integer, Trend> trends = trends(
                    session.inTransaction(SampleStore::positions),
                    since -> session.inTransaction(connection -> SampleStore.since(connection, since)));
            Map<Late, Map<LateCause, Long>> late =
                    session.inTransaction(connection -> LatenessStore.read(connection, HOUR));
            List<ObjectiveStatus> statuses = new ArrayList<>();
            for (StoredObjective stored : all) {
                Map<LateCause, Double> because = parts(late.getOrDefault(
                        new Late(stored.queueId(), stored.objective().type()), Map.of()));
                Trend trend = trends.getOrDefault(stored.queueId(), new Trend());
                statuses.add(status(stored, tallies, trend, times, because));
            }
            return statuses;
        });
    }

    private interface Samples {
        List<Sample> since(long moment) throws SQLException;
    }

    private static Map<Integer, Trend> trends(List<Position> positions, Samples samples) throws SQLException {
        Map<Integer, Trend> trends = new HashMap<>();
        if (!positions.isEmpty()) {
            for (Sample sample : samples.since(positions.get(0).at() - SAMPLES_OF)) {
                sample.addTo(trends.computeIfAbsent(sample.queueId(), queue -> new Trend()));
            }
        }
        return trends;
    }

    private static ObjectiveStatus status(
            StoredObjective stored,
            Tallies tallies,
            Trend trend,
            Map<Measured, Histogram> times,
            Map<LateCause, Double> lateBecause) {
        Objective objective = stored.objective();
        Histogram runs = times.getOrDefault(new Measured(stored.queueId(), objective.type(), "run"), new Histogram());
        double within = objective.deadline().map(time -> time.toMillis() / 1e3).orElse(Double.NaN);
        double room = objective instanceof LatencyObjective && runs.total() > 0 ? runs.quantile(NEARLY_ALL) : 0;
        double meanRun = runs.total() > 0 ? runs.mean() : 0;
        return new ObjectiveStatus(
                objective,
                stored.drifted(),
                tallies.of(stored.id(), HOUR),
                tallies.of(stored.id(), OWN_PERIOD),
                trend.depth(),
                trend.headAge(),
                trend.growth(),
                trend.predictedWait(),
                Double.isNaN(within) ? Double.POSITIVE_INFINITY : trend.timeToBreach(within, room),
                Double.isNaN(within) ? 0 : trend.slotsNeeded(within / 2, meanRun),
                objective.deadline().isEmpty() ? Map.of() : lateBecause);
    }

    /** Parts of the whole, which add up to 1. */
    private static Map<LateCause, Double> parts(Map<LateCause, Long> spent) {
        double whole = spent.values().stream().mapToLong(Long::longValue).sum();
        Map<LateCause, Double> parts = new EnumMap<>(LateCause.class);
        if (whole > 0) {
            spent.forEach((cause, time) -> parts.put(cause, time / whole));
        }
        return parts;
    }

    /**
     * How many slots a queue needs to keep up, and to be drained in half of the least that is promised of it, or else in 30 s:
     * what to scale workers by. Empty if there is no such queue.
     */
    public OptionalInt slotsNeeded(String queue) {
        Checks.present("queue name", queue);
        return transactions.transact(subject(queue), connection -> SampleStore.slotsNeeded(connection, queue));
    }

    private static String subject(String queue) {
        return "queue " + Checks.quoted(queue);
    }
}
