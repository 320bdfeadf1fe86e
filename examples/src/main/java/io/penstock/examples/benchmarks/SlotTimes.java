package io.penstock.examples.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What became of the slots between two moments, from when each job could have started, did start, and ended. Moments are seconds. */
final class SlotTimes {

    /**
     * One job.
     *
     * @param ended infinite if it has not
     */
    record Span(boolean critical, double eligible, double started, double ended) {}

    private record Change(double at, boolean critical, int waiting, int running) {}

    private final int capacity;
    private final int guarantee;
    private double busy;
    private double over;
    private double owed;
    private double stranded;
    private double length;

    private SlotTimes(int capacity, int guarantee) {
        this.capacity = capacity;
        this.guarantee = guarantee;
    }

    static SlotTimes between(double from, double until, int capacity, int guarantee, List<Span> spans) {
        List<Change> changes = new ArrayList<>();
        for (Span span : spans) {
            changes.add(new Change(span.eligible(), span.critical(), 1, 0));
            changes.add(new Change(span.started(), span.critical(), -1, 1));
            changes.add(new Change(span.ended(), span.critical(), 0, -1));
        }
        changes.sort(Comparator.comparingDouble(Change::at));
        SlotTimes times = new SlotTimes(capacity, guarantee);
        times.length = until - from;
        int waiting = 0;
        int running = 0;
        int criticalWaiting = 0;
        int criticalRunning = 0;
        double now = from;
        for (Change change : changes) {
            double at = Math.min(until, Math.max(from, change.at()));
            times.pass(at - now, waiting, running, criticalWaiting, criticalRunning);
            now = at;
            waiting += change.waiting();
            running += change.running();
            criticalWaiting += change.critical() ? change.waiting() : 0;
            criticalRunning += change.critical() ? change.running() : 0;
        }
        times.pass(until - now, waiting, running, criticalWaiting, criticalRunning);
        return times;
    }

    private void pass(double seconds, int waiting, int running, int criticalWaiting, int criticalRunning) {
        busy += seconds * Math.min(running, capacity);
        over += seconds * Math.max(0, running - capacity);
        owed += seconds * Math.max(0, Math.min(criticalWaiting, guarantee - criticalRunning));
        stranded += seconds * Math.min(waiting, Math.max(0, capacity - running));
    }

    /** The part of the capacity that was in use. */
    double utilisation() {
        return busy / (capacity * length);
    }

    /** Slots above the capacity, on average. */
    double over() {
        return over / length;
    }

    /** Slot-seconds that critical jobs were owed and did not have. */
    double owed() {
        return owed;
    }

    /** Slot-seconds that were idle although a job waited. */
    double stranded() {
        return stranded;
    }
}
