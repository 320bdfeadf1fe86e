package io.penstock.maintain;

import io.penstock.store.FleetStore.Share;
import io.penstock.store.ProgressStore.Said;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The worker that maintenance belongs to: what is asked of it, and what it is told. Called on maintenance's thread. */
public interface Surroundings {

    /** The worker's number, 0 while it has none. */
    long workerId();

    /** Whether the worker is told of work; else everything is found by looking. */
    boolean hears();

    /** A queue has got work. */
    void woken(int queueId);

    /** Jobs may have been enqueued anywhere. */
    void moved();

    /** These queues, and no others, are paused. */
    void paused(Set<Integer> queues);

    /** These are the worker's shares of the budgets, by queue. */
    void shared(Map<Integer, Share> shares);

    /** How many slots of a queue are in use, or about to be. */
    int running(int queueId);

    /** What the worker's handlers said of their progress since this was asked last. */
    List<Said> progress();
}
