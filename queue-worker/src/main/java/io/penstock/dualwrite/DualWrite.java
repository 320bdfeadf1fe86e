package io.penstock.dualwrite;

import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.downstream.Downstream;
import io.penstock.dualwrite.Charge.Now;
import io.penstock.dualwrite.Flights.Flight;
import io.penstock.handler.HandlerOptions;
import io.penstock.handler.HandlerRegistration;
import io.penstock.job.Checks;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobType;
import io.penstock.job.Limits;
import io.penstock.job.QueueDefinition;
import io.penstock.job.RetryPolicy;
import io.penstock.objective.FreshnessObjective;
import io.penstock.objective.LatencyObjective;
import io.penstock.objective.Objective;
import io.penstock.store.DualWriteStore;
import io.penstock.store.DualWriteStore.KeptWrite;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes values by key to two databases that each have Penstock's schema, such as an old cluster and the new one.
 *
 * <p>A write commits on the side in charge, together with the job that mirrors it; the other side's transaction begins only after that one has ended. If the
 * other side is well it has the write when {@link #write} returns; if not, the job brings it there, and the caller neither waits nor fails. Each write is made on
 * the other side once, in the order of its key. Two-phase commit is not used: decision 0027 says why.
 *
 * <p>The phases of a move: copy what was there before and mirror ({@link #reconcile} with repair), compare ({@link #comparing}), switch ({@link #switchOver}),
 * and {@link #back} if need be. Workers on <em>both</em> databases run the {@linkplain #handlers handlers}. Safe for use by many threads; holds no connection
 * between calls.
 */
public final class DualWrite<T extends Record> {

    private static final Duration MIRRORED_WITHIN = Duration.ofMinutes(1);
    private static final int AT_ONCE = 4;

    /** So that a key is part of the key of a job. */
    private static final int MOST_CHARACTERS = Limits.KEY_CHARACTERS - 100;

    private final String name;
    private final Class<T> type;
    private final List<Cluster<T>> clusters;
    private final List<Mirror<T>> mirrors;
    private final List<Inline> inline;
    private final List<Outbox<T>> outboxes;
    private final Primary<T> primary;
    private final JobType<MirrorKey> mirrorType;
    private final JobType<Reconcile> reconcileType;
    private final Flights flights = new Flights();
    private final Sides<T> sides;
    private final Charge<T> charge;
    private final DualWriteMetrics metrics;
    private final Reads<T> reads;

    private DualWrite(String name, Class<T> type, Cluster<T> first, Cluster<T> second) {
        this.name = Checks.matching(
                "dual write name",
                name,
                "[a-z][a-z0-9_.-]{0,49}",
                "a lower-case letter and up to 49 of a-z, 0-9, _ . -");
        this.type = Checks.present("type of values", type);
        this.clusters = List.of(Checks.present("first cluster", first), Checks.present("second cluster", second));
        if (first.name().equals(second.name())) {
            throw Checks.refused(
                    "clusters of dual write " + Checks.quoted(name),
                    "two names",
                    "twice " + Checks.quoted(first.name()));
        }
        this.mirrors = clusters.stream()
                .map(cluster -> new Mirror<>(name, type, cluster))
                .toList();
        this.inline = clusters.stream()
                .map(cluster -> new Inline(name + " to " + cluster.name()))
                .toList();
        this.mirrorType = JobType.of("dual-write/" + name, MirrorKey.class).onQueue(queue().name());
        this.reconcileType =
                JobType.of("dual-write-reconcile/" + name, Reconcile.class).onQueue(queue().name());
        this.outboxes = List.of(new Outbox<>(name, first, mirrors.get(1)), new Outbox<>(name, second, mirrors.get(0)));
        this.primary = new Primary<>(name, clusters, mirrorType);
        this.sides = new Sides<>(name, clusters);
        this.charge = new Charge<>(sides);
        this.metrics = new DualWriteMetrics(name);
        this.reads = new Reads<>(name, clusters, inline, metrics);
    }

    /**
     * Writes of a kind of value.
     *
     * @param name the same wherever the same is written
     * @param first in charge when it is declared for the first time
     */
    public static <T extends Record> DualWrite<T> between(
            String name, Class<T> type, Cluster<T> first, Cluster<T> second) {
        return new DualWrite<>(name, type, first, second);
    }

    /** Counts into the registry, from now on. */
    public DualWrite<T> meters(MeterRegistry registry) {
        metrics.to(Checks.present("meter registry", registry));
        return this;
    }

    /** The queue that the jobs are in, on either side; its workers run it. */
    public QueueDefinition queue() {
        return new QueueDefinition("dual-write-" + name, ConcurrencyBudget.guaranteed(1, AT_ONCE));
    }

    /** Makes both sides and their queues, unless they are there. By a login that is a member of {@code penstock_worker}. */
    public DualWrite<T> declare() {
        for (int index = 0; index < clusters.size(); index++) {
            boolean first = index == 0;
            clusters.get(index).queue().declare(queue());
            sides.transact(index, connection -> {
                DualWriteStore.declare(connection, name, first);
                return first;
            });
        }
        return this;
    }

    /**
     * What a worker on a cluster's database runs.
     *
     * @throws io.penstock.error.RefusedException if it is neither of the two
     */
    public List<HandlerRegistration<?>> handlers(Cluster<T> cluster) {
        int index = clusters.indexOf(Checks.present("cluster", cluster));
        if (index < 0) {
            throw Checks.refused(
                    "cluster", "one of the two of dual write " + Checks.quoted(name), Checks.quoted(cluster.name()));
        }
        HandlerOptions patient = HandlerOptions.DEFAULT
                .retryPolicy(RetryPolicy.exponential(Duration.ofMillis(200), Duration.ofMinutes(1)))
                .timeout(Duration.ofMinutes(1))
                .around(Downstream.of(inline.get(1 - index).breaker()));
        return List.of(
                new HandlerRegistration<>(
                        mirrorType, new MirrorHandler<>(outboxes.get(index), flights, metrics), patient),
                HandlerRegistration.of(
                        reconcileType, new Reconciler<>(sides, index, charge, primary::repair, metrics)));
    }

    /**
     * What can be promised: that writes are mirrored within a minute, and that the sides are verified to be equal in so much time. For the side in charge.
     *
     * @param verifiedWithin how old the last {@link #reconcile} that found no difference may be
     */
    public List<Objective> objectives(Duration verifiedWithin) {
        return List.of(
                LatencyObjective.of(queue().name(), MIRRORED_WITHIN, 0.999).ofType(mirrorType.name()),
                FreshnessObjective.of(queue().name(), reconcileType.name(), verifiedWithin, "equal"));
    }

    /**
     * Writes a value, or removes it.
     *
     * @param value null to remove
     * @throws io.penstock.error.ContentionException if the key is locked, others wait for it already, or nobody is in charge for too long: nothing was written
     * @throws io.penstock.error.IndeterminateException if the answer to the commit was lost; it can be resolved
     * @throws io.penstock.error.PenstockException the others of {@link io.penstock.JobQueue#inTransaction}, about the side in charge only
     */
    public Written write(String key, @Nullable T value) {
        checkKey(key);
        try (Flight turn = flights.enter(key)) {
            return charge.under(now -> {
                Inline other = inline.get(1 - now.index());
                boolean well = other.well();
                KeptWrite write = primary.write(now, key, value, well);
                boolean mirrored = well && other.call(() -> mirror(now, key, write));
                if (mirrored) {
                    metrics.mirrored();
                } else {
                    metrics.left(well ? "failed" : "breaker-open");
                }
                return new Written(write.sequence(), mirrored);
            });
        }
    }

    /** If one before it is missing there, with all that are. */
    private boolean mirror(Now now, String key, KeptWrite write) throws SQLException {
        if (!mirrors.get(1 - now.index()).applyNext(Inline.LIMITS, key, write)) {
            outboxes.get(now.index()).bring(Inline.LIMITS, key);
        }
        return true;
    }

    /**
     * Writes a value to both sides in transactions that overlap, for code that must have both when it goes on. First the side in charge, then the other;
     * then the commits in that order, the first with its transaction id recorded. Whatever fails before the first commit rolls both back. What fails after it
     * is brought to the other side by the job, and the answer says so.
     *
     * @throws io.penstock.error.PenstockException as {@link #write}, and also for what fails on the other side before the first commit
     */
    public Written writeBoth(String key, @Nullable T value) {
        checkKey(key);
        try (Flight turn = flights.enter(key)) {
            return charge.under(now -> new Both<>(primary.subject(key), clusters, mirrors, now.index())
                    .write(name, key, connection -> primary.write(connection, now, key, value, true)));
        }
    }

    /**
     * Reads a value from the side in charge. While reads compare, the other side is asked too, if it is well, and differences are counted and logged.
     *
     * @throws io.penstock.error.PenstockException if the side in charge cannot be read
     */
    public Optional<T> read(String key) {
        checkKey(key);
        return charge.under(now -> reads.read(now, key));
    }

    /** Has reads ask both sides, or no longer. */
    public void comparing(boolean both) {
        for (int index = 0; index < clusters.size(); index++) {
            sides.transact(index, connection -> {
                DualWriteStore.holdAlone(connection, name);
                DualWriteStore.compare(connection, name, both);
                return both;
            });
        }
    }

    /**
     * Puts the second cluster in charge: waits until all is mirrored, fences the first, waits for the rest, puts the second in charge. Writers wait while the
     * first is fenced, which lasts three seconds at most. One that broke off, for whatever reason, is gone on with by calling it again.
     *
     * @param patience how long to wait for what is not mirrored yet, before the first is fenced
     * @throws io.penstock.error.ContentionException if that was not enough, and the first is in charge as before; or if somebody else switches too
     * @throws io.penstock.error.DatabaseUnavailableException if a side cannot be reached; if it is the second, the first is in charge as before
     * @throws io.penstock.error.IndeterminateException if an answer was lost: calling it again settles it
     */
    public void switchOver(Duration patience) {
        charge.put(1, Checks.within("patience of a switch", patience, Duration.ZERO, Limits.FARTHEST_DELAY));
    }

    /** Puts the first cluster in charge again, in the same way. */
    public void back(Duration patience) {
        charge.put(0, Checks.within("patience of a switch", patience, Duration.ZERO, Limits.FARTHEST_DELAY));
    }

    /**
     * The cluster in charge, as the databases have it now.
     *
     * @throws io.penstock.error.ContentionException if nobody is in charge for too long
     */
    public Cluster<T> inCharge() {
        return clusters.get(charge.index());
    }

    /**
     * Enqueues a comparison of all keys, on the side in charge; its job has what it found as its result. Its progress can be seen, and a new attempt goes on
     * where the last one was.
     *
     * @param repair whether what differs is written again from the side in charge; this is also how what was there before is copied to a new side
     */
    public UUID reconcile(boolean repair) {
        return inCharge()
                .queue()
                .enqueue(reconcileType.with(new Reconcile(repair)))
                .id();
    }

    private static void checkKey(String key) {
        Checks.ofLength("key of a dual write", key, 1, MOST_CHARACTERS);
    }
}
