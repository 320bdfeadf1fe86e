package io.penstock.worker;

import io.penstock.dispatch.QueueSlots;
import io.penstock.dispatch.Waiting;
import io.penstock.objective.LateCause;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What each queue of a worker waited for, and when: for who asks what kept a job. The last quarter of an hour is remembered, by the second. Times are of {@link System#nanoTime}. Safe for use by many threads.
 */
final class Waits {

    private static final long EVERY = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST = Duration.ofMinutes(15).toNanos();

    /** What a queue had waited for in all, at a moment. */
    private record Point(long at, Map<LateCause, Long> waited) {
        double of(LateCause cause) {
            return waited.getOrDefault(cause, 0L);
        }
    }

    private final Map<Integer, Deque<Point>> points = new ConcurrentHashMap<>();

    /** Takes note of what a queue has waited for. */
    void note(int queueId, QueueSlots slots, long now) {
        Deque<Point> ofQueue = points.computeIfAbsent(queueId, queue -> new ArrayDeque<>());
        synchronized (ofQueue) {
            Map<LateCause, Long> waited = new EnumMap<>(LateCause.class);
            slots.waited().forEach((waiting, time) -> {
                if (waiting != Waiting.NOTHING) {
                    waited.merge(cause(waiting), time.toNanos(), Long::sum);
                }
            });
            Point last = ofQueue.pollLast();
            Point before = ofQueue.peekLast();
            if (last != null && (before == null || last.at() - before.at() >= EVERY)) {
                ofQueue.addLast(last); // else the newest is in its place
            }
            ofQueue.addLast(new Point(now, waited));
            while (now - ofQueue.getFirst().at() > LONGEST) {
                ofQueue.removeFirst();
            }
        }
    }

    private static LateCause cause(Waiting waiting) {
        return switch (waiting) {
            case PAUSED -> LateCause.PAUSED;
            case RATE, SHARE, LIMIT -> LateCause.LIMIT;
            case OWED, SLOTS, LENDING -> LateCause.SLOT;
            case FAILING, CLAIM, NOTHING -> LateCause.DATABASE;
        };
    }

    /**
     * What a queue waited for in a time: as much of it as is known, and the rest as the caller says. The parts add up to the time. Before this worker
     * looked for the first time it was not there, and what was waited for was a slot.
     *
     * @param until when the time ended
     * @param rest what it was when the queue had nothing in its way that this worker knew of
     */
    Map<LateCause, Duration> split(int queueId, Duration time, long until, LateCause rest) {
        Map<LateCause, Duration> split = new EnumMap<>(LateCause.class);
        if (time.isNegative() || time.isZero()) {
            return split;
        }
        long whole = time.toNanos();
        long left = whole;
        Deque<Point> ofQueue = points.getOrDefault(queueId, new ArrayDeque<>());
        synchronized (ofQueue) {
            Point first = ofQueue.peekFirst();
            if (first == null || first.at() - (until - whole) > 0) {
                long before = first == null ? whole : Math.min(whole, first.at() - (until - whole));
                split.put(LateCause.SLOT, Duration.ofNanos(before));
                left -= before;
            }
            for (LateCause cause : LateCause.values()) {
                double known = at(ofQueue, until, cause) - at(ofQueue, until - whole, cause);
                long part = Math.max(0, Math.min(left, Math.round(known)));
                if (part > 0) {
                    split.merge(cause, Duration.ofNanos(part), Duration::plus);
                    left -= part;
                }
            }
        }
        if (left > 0) {
            split.merge(rest, Duration.ofNanos(left), Duration::plus);
        }
        return split;
    }

    /** How much had been waited for by then, between two points in proportion. */
    private static double at(Deque<Point> ofQueue, long moment, LateCause cause) {
        Point after = null;
        for (Iterator<Point> newest = ofQueue.descendingIterator(); newest.hasNext(); ) {
            Point point = newest.next();
            if (point.at() - moment <= 0) {
                if (after == null) {
                    return point.of(cause);
                }
                double part = (double) (moment - point.at()) / (after.at() - point.at());
                return point.of(cause) + part * (after.of(cause) - point.of(cause));
            }
            after = point;
        }
        return after == null ? 0 : after.of(cause);
    }
}
