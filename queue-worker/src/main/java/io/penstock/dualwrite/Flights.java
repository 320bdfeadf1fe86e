package io.penstock.dualwrite;

import io.penstock.error.ContentionException;
import io.penstock.job.Checks;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** One write of a key at a time in this process, so that retries of one key never hold more than one connection. Few wait, and not for long. */
final class Flights {

    static final int MOST_WAITING = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final class Lane {
        private final Semaphore one = new Semaphore(1, true);
        private int users;
    }

    /** Whoever has it writes; closing it lets the next one. */
    interface Flight extends AutoCloseable {
        @Override
        void close();
    }

    private final ConcurrentHashMap<String, Lane> lanes = new ConcurrentHashMap<>();

    Flight enter(String key) {
        Lane lane = lanes.compute(key, (same, known) -> {
            Lane entered = known == null ? new Lane() : known;
            if (entered.users > MOST_WAITING) {
                throw refused(key, MOST_WAITING + " others wait already");
            }
            entered.users++;
            return entered;
        });
        boolean taken = false;
        try {
            taken = lane.one.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!taken) {
            leave(key);
            throw refused(key, "the one before it is not done after " + PATIENCE.toMillis() + " ms");
        }
        return () -> {
            lane.one.release();
            leave(key);
        };
    }

    private void leave(String key) {
        lanes.compute(key, (same, lane) -> lane == null || --lane.users == 0 ? null : lane);
    }

    private static ContentionException refused(String key, String why) {
        return new ContentionException("write of key " + Checks.quoted(key) + ": expected its turn, but " + why
                + "; nothing was written, try again later");
    }
}
