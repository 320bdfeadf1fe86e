package io.penstock.dualwrite;

import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.database.Work;
import io.penstock.error.ContentionException;
import io.penstock.error.PenstockException;
import io.penstock.job.Checks;
import io.penstock.store.DualWriteStore;
import io.penstock.store.DualWriteStore.SideState;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of the two sides is in charge, and the change of that: first the one is fenced, then everything is mirrored, then the other is put in charge. In between
 * nobody is, and writers wait. One that breaks off there is gone on with by the next.
 */
final class Charge<T extends Record> {

    /** What a write or a read is begun under. */
    record Now(int index, long epoch) {}

    private static final Logger log = LoggerFactory.getLogger(Charge.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final int PAGE = 1_000;
    private static final long SLACK_SECONDS = 10;
    private static final double KEEPS_UP_SECONDS = 5;

    private final String name;
    private final List<Cluster<T>> clusters;
    private volatile @Nullable Now known;

    Charge(String name, List<Cluster<T>> clusters) {
        this.name = name;
        this.clusters = clusters;
    }

    /** Does something under the side in charge, and again under the other if that has become it; waits while nobody is. */
    <R extends @Nullable Object> R under(Function<Now, R> work) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                Now now = known;
                if (now == null) {
                    now = read();
                    known = now;
                }
                return work.apply(now);
            } catch (Fenced fenced) {
                known = null;
                if (System.nanoTime() - deadline > 0) {
                    throw new ContentionException(
                            fenced.getMessage()
                                    + "; nothing was written. A switch that broke off is gone on with by switchOver or back",
                            fenced);
                }
                pause(fenced);
            }
        }
    }

    private static void pause(RuntimeException reason) {
        try {
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw reason;
        }
    }

    /** Asks both sides; one that cannot be reached is not in charge if the other says that it is itself. */
    private Now read() {
        PenstockException unreachable = null;
        for (int index = 0; index < clusters.size(); index++) {
            try {
                SideState state = state(index);
                if (state.inCharge()) {
                    return new Now(index, state.epoch());
                }
            } catch (PenstockException failure) {
                unreachable = failure;
            }
        }
        if (unreachable != null) {
            throw unreachable;
        }
        throw new Fenced(
                "dual write " + Checks.quoted(name) + ": expected a cluster in charge, was none, as during a switch");
    }

    SideState state(int index) {
        return transact(index, connection -> Optional.ofNullable(DualWriteStore.state(connection, name)))
                .orElseThrow(() ->
                        Checks.refused(subject(index), "a declared dual write, by declare()", "none of that name"));
    }

    <R> R transact(int index, Work<R> work) {
        try (Session session = Session.open(clusters.get(index).queue().dataSource(), TransactionLimits.DEFAULT)) {
            return session.inTransaction(work);
        } catch (SQLException failure) {
            throw SqlFailure.translate(subject(index), failure);
        }
    }

    private String subject(int index) {
        return "dual write " + Checks.quoted(name) + ", cluster "
                + Checks.quoted(clusters.get(index).name());
    }

    /**
     * Puts a side in charge. Before the other is fenced, everything but the last seconds must have been mirrored already, so that writers wait for little.
     *
     * @throws ContentionException if it is not mirrored in time: then the other is in charge again
     */
    void put(int to, Duration patience) {
        SideState there = state(to);
        if (there.inCharge()) {
            return;
        }
        int from = 1 - to;
        SideState here = state(from);
        long deadline = System.nanoTime() + patience.toNanos();
        if (here.inCharge()) {
            awaitMirrored(from, OptionalLong.empty(), deadline, "before the switch");
            here = change(from, here, false);
        }
        try {
            awaitMirrored(
                    from, OptionalLong.of(patience.toSeconds() + SLACK_SECONDS), deadline, "while nobody is in charge");
        } catch (ContentionException late) {
            change(from, here, true);
            throw late;
        }
        long epoch = here.epoch();
        transact(to, connection -> {
            SideState held = DualWriteStore.holdAlone(connection, name);
            return held != null && DualWriteStore.change(connection, name, held.epoch(), epoch, true);
        });
        known = null;
        log.info("{}: it is in charge now, in epoch {}", subject(to), epoch);
    }

    /** Writers of the epoch before are refused from here on. */
    private SideState change(int index, SideState seen, boolean inCharge) {
        SideState changed = transact(index, connection -> {
            DualWriteStore.holdAlone(connection, name);
            return DualWriteStore.change(connection, name, seen.epoch(), seen.epoch() + 1, inCharge)
                    ? new SideState(seen.epoch() + 1, inCharge, seen.comparing())
                    : seen;
        });
        known = null;
        if (changed == seen) {
            throw new ContentionException(
                    subject(index) + ": somebody else changed who is in charge at the same time; look, then try again");
        }
        log.info(
                "{}: {} in epoch {}",
                subject(index),
                inCharge ? "in charge again" : "no longer in charge",
                changed.epoch());
        return changed;
    }

    /** What is written while this looks is for the second time, when nothing is written any more. */
    private void awaitMirrored(int from, OptionalLong lastSeconds, long deadline, String when) {
        String after = "";
        while (true) {
            String page = after;
            Map<String, Long> here =
                    transact(from, connection -> DualWriteStore.keys(connection, name, page, lastSeconds, PAGE));
            String behind = behind(1 - from, here, lastSeconds.isEmpty());
            if (behind == null) {
                if (here.size() < PAGE) {
                    return;
                }
                for (String key : here.keySet()) {
                    after = key;
                }
            } else if (System.nanoTime() - deadline > 0) {
                throw new ContentionException(subject(1 - from) + ": expected every write to be mirrored " + when
                        + ", key " + Checks.quoted(behind) + " was not in time; see that the worker of " + subject(from)
                        + " runs");
            } else {
                pause(new ContentionException(subject(from) + ": interrupted " + when));
            }
        }
    }

    /**
     * A key that is behind on the follower.
     *
     * @param goesOn whether keys are written to meanwhile: then one that was mirrored a moment ago keeps up
     */
    private @Nullable String behind(int follower, Map<String, Long> here, boolean goesOn) {
        Map<String, DualWriteStore.KeyState> there =
                transact(follower, connection -> DualWriteStore.sequences(connection, name, here.keySet()));
        for (Map.Entry<String, Long> key : here.entrySet()) {
            DualWriteStore.KeyState state = there.get(key.getKey());
            boolean keepsUp = goesOn && state != null && state.secondsAgo() < KEEPS_UP_SECONDS;
            if (!keepsUp && (state == null || state.sequence() < key.getValue())) {
                return key.getKey();
            }
        }
        return null;
    }
}
