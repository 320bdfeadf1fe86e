package io.penstock.dispatch;

import java.time.Duration;
import java.util.Map;

/**
 * What one queue has of a worker's slots, and has had.
 *
 * @param guarantee the worker's share of it
 * @param running slots in use
 * @param waiting why it started nothing more when that was looked at last
 * @param unclaimed for how long it has been believed to have work that it may start, without any claim of it
 * @param owed slot-time that it was guaranteed and not granted while it had work; at most, for how much work is not known
 * @param waited for how long it has waited in all, by reason
 * @param started jobs, by ground
 */
public record QueueSlots(
        int guarantee,
        int running,
        Waiting waiting,
        Duration unclaimed,
        Duration owed,
        Map<Waiting, Duration> waited,
        Map<Ground, Long> started) {

    /** Slots in use that it is guaranteed. */
    public int own() {
        return Math.min(running, guarantee);
    }

    /** Slots in use that it is not guaranteed. */
    public int borrowed() {
        return running - own();
    }

    public Duration waited(Waiting reason) {
        return waited.getOrDefault(reason, Duration.ZERO);
    }

    public long started(Ground ground) {
        return started.getOrDefault(ground, 0L);
    }
}
