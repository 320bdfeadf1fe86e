package io.penstock.alert;

import io.penstock.objective.Histogram;
import io.penstock.store.HistogramStore.Measured;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How long jobs took in this process, until it is written. What is lost with the process is lost from histograms, not from objectives. Safe for use by many threads. */
public final class Times {

    private final Map<Measured, Histogram> histograms = new ConcurrentHashMap<>();

    /** Counts a time of a job: its wait, its run, or its total latency. */
    public void add(int queueId, String type, String measure, Duration time) {
        histograms
                .computeIfAbsent(new Measured(queueId, type, measure), measured -> new Histogram())
                .add(time.isNegative() ? Duration.ZERO : time);
    }

    /** What was counted since this was asked last. */
    Map<Measured, long[]> take() {
        Map<Measured, long[]> taken = new HashMap<>();
        histograms.forEach((measured, histogram) -> {
            if (histogram.total() > 0) {
                taken.put(measured, histogram.take());
            }
        });
        return taken;
    }
}
