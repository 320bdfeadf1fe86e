package io.penstock.dualwrite;

import io.penstock.error.ContentionException;
import io.penstock.error.PenstockException;
import io.penstock.job.Checks;
import io.penstock.store.DualWriteStore.SideState;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which of the two sides is in charge. While that changes nobody is, and writers wait; a switch that breaks off is gone on with by the next. */
final class Charge<T extends Record> {

    /** What a write or a read is begun under. */
    record Now(int index, long epoch) {}

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Sides<T> sides;
    private volatile @Nullable Now known;

    Charge(Sides<T> sides) {
        this.sides = sides;
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

    /** Which side it is, asked anew. */
    int index() {
        known = null;
        return under(Now::index);
    }

    static void pause(RuntimeException reason) {
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
        for (int index = 0; index < sides.clusters().size(); index++) {
            try {
                SideState state = sides.state(index);
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
        throw new Fenced("dual write " + Checks.quoted(sides.name())
                + ": expected a cluster in charge, was none, as during a switch");
    }

    /**
     * Puts a side in charge.
     *
     * @throws ContentionException if what is written is not mirrored in time: then the other is in charge as before
     */
    void put(int to, Duration patience) {
        try {
            new Switch<>(sides, to).run(patience);
        } finally {
            known = null;
        }
    }
}
