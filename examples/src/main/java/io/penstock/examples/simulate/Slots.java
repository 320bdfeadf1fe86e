package io.penstock.examples.simulate;

import java.time.Duration;
import java.util.Map;

/** The slots of one simulated worker, and whoever decides what runs on them. */
interface Slots {

    /** Jobs have arrived in a queue. */
    void arrived(int queue);

    /** How many jobs to start now, by queue, of as many as wait. */
    Map<Integer, Integer> start(Map<Integer, Integer> waiting);

    void ended(int queue, String type, Duration run);
}
