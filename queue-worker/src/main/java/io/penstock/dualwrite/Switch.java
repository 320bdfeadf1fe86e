package io.penstock.dualwrite;

import io.penstock.error.ContentionException;
import io.penstock.error.IndeterminateException;
import io.penstock.error.PenstockException;
import io.penstock.job.Checks;
import io.penstock.store.DualWriteStore;
import io.penstock.store.DualWriteStore.KeyState;
import io.penstock.store.DualWriteStore.SideState;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to put a side in charge, in an epoch that no other attempt has. Both sides promise it that epoch: first the one that is to be in charge, then the
 * other, which is fenced with it. When all is mirrored, the first is in charge, unless it has promised a later epoch to somebody else meanwhile. So of attempts
 * that overlap, or were given up anywhere, never two put a side in charge, nor does one that takes itself back.
 */
final class Switch<T extends Record> {

    private static final Logger log = LoggerFactory.getLogger(Switch.class);
    private static final int PAGE = 1_000;

    /** Less than writers wait for. What is left by then was written in the last moments. */
    private static final Duration FENCED = Duration.ofSeconds(3);

    private static final double KEEPS_UP_SECONDS = 5;

    private final Sides<T> sides;
    private final int to;
    private final int from;
    private final long epoch;
    private SideState there;
    private SideState here;
    private boolean fenced;

    Switch(Sides<T> sides, int to) {
        this.sides = sides;
        this.to = to;
        this.from = 1 - to;
        this.there = sides.state(to);
        this.here = sides.state(from);
        this.epoch = 1 + Math.max(Math.max(there.epoch(), there.promised()), Math.max(here.epoch(), here.promised()));
    }

    /**
     * Before the side in charge is fenced, it must be mirrored but for what is written meanwhile, so that writers wait for little.
     *
     * @param patience for that; and where nobody is in charge already, for what is not mirrored
     * @throws ContentionException if it is not mirrored in time: then what was in charge is so again
     */
    void run(Duration patience) {
        if (there.inCharge()) {
            return;
        }
        long deadline = System.nanoTime() + patience.toNanos();
        if (here.inCharge()) {
            awaitMirrored(deadline, "before the switch");
        }
        begin();
        fence();
        try {
            awaitMirrored(fenced ? System.nanoTime() + FENCED.toNanos() : deadline, "while nobody is in charge");
            finish();
        } catch (IndeterminateException unknown) { // it may be in charge
            throw unknown;
        } catch (PenstockException failure) {
            takeBack(failure);
            throw failure;
        }
    }

    void begin() {
        there = change(to, there, new SideState(there.epoch(), false, there.comparing(), epoch));
    }

    /** Writers of the epoch before are refused from here on. What follows does so in its epoch still, and takes what was written in that. */
    void fence() {
        fenced = here.inCharge();
        here = change(from, here, new SideState(fenced ? epoch : here.epoch(), false, here.comparing(), epoch));
        if (fenced) {
            log.info("{}: no longer in charge in epoch {}", sides.subject(from), epoch);
        }
    }

    void finish() {
        there = change(to, there, new SideState(epoch, true, there.comparing(), epoch));
        log.info("{}: it is in charge now, in epoch {}", sides.subject(to), epoch);
    }

    /** What was in charge is so again. Where nobody was, this side may lack what the other has, and nobody is until an attempt goes through. */
    void takeBack(PenstockException reason) {
        if (!fenced) {
            return;
        }
        long again = epoch + 1;
        try {
            here = change(from, here, new SideState(again, true, here.comparing(), again));
            log.info("{}: in charge again in epoch {}", sides.subject(from), again);
        } catch (PenstockException failure) {
            reason.addSuppressed(failure);
            log.warn(
                    "{}: it could not be put back in charge, and if nobody is, writers wait until switchOver or back is called again: {}",
                    sides.subject(from),
                    failure.getMessage());
        }
    }

    private SideState change(int index, SideState seen, SideState wanted) {
        boolean changed = sides.transact(index, connection -> {
            DualWriteStore.holdAlone(connection, sides.name());
            return DualWriteStore.change(connection, sides.name(), seen, wanted);
        });
        if (!changed) {
            throw new ContentionException(sides.subject(index)
                    + ": somebody else changes who is in charge at the same time; look, then try again");
        }
        return wanted;
    }

    private void awaitMirrored(long deadline, String when) {
        String after = "";
        while (true) {
            String page = after;
            Map<String, Long> kept =
                    sides.transact(from, connection -> DualWriteStore.keptKeys(connection, sides.name(), page, PAGE));
            String behind = behind(kept);
            if (behind == null) {
                if (kept.size() < PAGE) {
                    return;
                }
                for (String key : kept.keySet()) {
                    after = key;
                }
            } else if (System.nanoTime() - deadline > 0) {
                throw new ContentionException(
                        sides.subject(to) + ": expected every write to be mirrored " + when + ", key "
                                + Checks.quoted(behind) + " was not in time; see that the worker of "
                                + sides.subject(from) + " runs");
            } else {
                Charge.pause(new ContentionException(sides.subject(from) + ": interrupted " + when));
            }
        }
    }

    /** A key of which the other side has not all that is kept. While keys are written to, one that was mirrored a moment ago keeps up. */
    private @Nullable String behind(Map<String, Long> kept) {
        Map<String, KeyState> mirrored =
                sides.transact(to, connection -> DualWriteStore.sequences(connection, sides.name(), kept.keySet()));
        for (Map.Entry<String, Long> key : kept.entrySet()) {
            KeyState state = mirrored.getOrDefault(key.getKey(), KeyState.NEVER);
            boolean keepsUp = here.inCharge() && state.secondsAgo() < KEEPS_UP_SECONDS;
            if (!keepsUp && state.sequence() < key.getValue()) {
                return key.getKey();
            }
        }
        return null;
    }
}
