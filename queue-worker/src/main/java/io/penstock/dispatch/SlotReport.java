package io.penstock.dispatch;

import java.time.Duration;
import java.util.Map;

/**
 * A worker's slots, now and so far.
 *
 * @param stranded slot-time in which slots were idle although a queue below its limit had work, whether they were not lent
 *     or the claim was late
 * @param queues by number
 */
public record SlotReport(int capacity, int headroom, Duration stranded, Map<Integer, QueueSlots> queues) {

    public int running() {
        return queues.values().stream().mapToInt(QueueSlots::running).sum();
    }

    /** Slots in use above the capacity. */
    public int overCommitted() {
        return Math.max(0, running() - capacity);
    }

    /** Slots in use by queues that are not guaranteed them, though another is. */
    public int lent() {
        int guaranteed =
                queues.values().stream().mapToInt(QueueSlots::guarantee).sum();
        int borrowed = queues.values().stream().mapToInt(QueueSlots::borrowed).sum();
        return Math.max(0, borrowed - Math.max(0, capacity - guaranteed));
    }

    /** The part of the capacity that is in use. */
    public double utilisation() {
        return Math.min(1, (double) running() / capacity);
    }

    public QueueSlots queue(int queueId) {
        QueueSlots slots = queues.get(queueId);
        if (slots == null) {
            throw new IllegalArgumentException("queue " + queueId + " is not one of this worker's");
        }
        return slots;
    }
}
