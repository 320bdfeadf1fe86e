package io.penstock.examples.simulate;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Slots that go to the first queue that has anything, as in a list of queues by priority. */
final class OrderedSlots implements Slots {

    private final int capacity;
    private int running;

    OrderedSlots(int capacity) {
        this.capacity = capacity;
    }

    @Override
    public void arrived(int queue) {
        // whatever waits is seen by the next start
    }

    @Override
    public Map<Integer, Integer> start(Map<Integer, Integer> waiting) {
        Map<Integer, Integer> started = new HashMap<>();
        for (int queue : waiting.keySet().stream().sorted().toList()) {
            int found = Math.min(capacity - running, waiting.getOrDefault(queue, 0));
            if (found > 0) {
                started.put(queue, found);
                running += found;
            }
        }
        return started;
    }

    @Override
    public void ended(int queue, String type, Duration run) {
        running--;
    }
}
