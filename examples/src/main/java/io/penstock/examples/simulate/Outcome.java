package io.penstock.examples.simulate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a simulation came to. As the heavy queues always have work, a slot that is idle is one that somebody waits for. */
final class Outcome {

    private final List<Double> waits = new ArrayList<>();
    private final Map<Integer, Integer> ended = new HashMap<>();
    private double secondsBefore;
    private double busyBefore;
    private double seconds;
    private double busy;
    private double over;
    private double owed;

    void waited(double wait) {
        waits.add(wait);
    }

    void ended(int queue) {
        ended.merge(queue, 1, Integer::sum);
    }

    void passed(double length, int running, int owedSlots) {
        seconds += length;
        busy += length * Math.min(running, Scheme.CAPACITY);
        over += length * Math.max(0, running - Scheme.CAPACITY);
        owed += length * owedSlots;
    }

    void passedBefore(double length, int running) {
        secondsBefore += length;
        busyBefore += length * Math.min(running, Scheme.CAPACITY);
    }

    /** Seconds that this part of the critical jobs waited at most. */
    double quantile(double part) {
        List<Double> sorted = waits.stream().sorted().toList();
        return sorted.get((int) Math.ceil(part * sorted.size()) - 1);
    }

    int done(int queue) {
        return ended.getOrDefault(queue, 0);
    }

    /** The part of the capacity in use before critical jobs arrived. */
    double utilisationBefore() {
        return busyBefore / secondsBefore / Scheme.CAPACITY;
    }

    double utilisation() {
        return busy / seconds / Scheme.CAPACITY;
    }

    /** Slots in use above the capacity, on average. */
    double overCommitted() {
        return over / seconds;
    }

    /** Slots that the critical queue was owed and did not have, on average. */
    double deficit() {
        return owed / seconds;
    }

    /** Slots that were idle although somebody waited, on average. */
    double stranded() {
        return Scheme.CAPACITY - busy / seconds;
    }
}
