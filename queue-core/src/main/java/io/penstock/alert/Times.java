package io.penstock.alert;

import io.penstock.objective.Histogram;
import io.penstock.objective.LateCause;
import io.penstock.store.HistogramStore.Measured;
import io.penstock.store.LatenessStore.Late;
import io.penstock.store.ObjectiveStore.StoredObjective;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long jobs took in this process and what made them late, until it is written. What is lost with the process is lost from histograms and causes, not
 * from objectives. Safe for use by many threads.
 */
public final class Times {

    private final Map<Measured, Histogram> histograms = new ConcurrentHashMap<>();
    private final Map<Late, Map<LateCause, Long>> late = new HashMap<>();
    private volatile List<StoredObjective> objectives = List.of();

    /** Counts a time of a job: its wait, its run, or its total latency. */
    public void add(int queueId, String type, String measure, Duration time) {
        histograms
                .computeIfAbsent(new Measured(queueId, type, measure), measured -> new Histogram())
                .add(time.isNegative() ? Duration.ZERO : time);
    }

    /** Whether a job that has ended is late for an objective of its queue, as far as this process knows them. */
    public boolean late(int queueId, String type, Duration waited, Duration total) {
        for (StoredObjective stored : objectives) {
            String ofType = stored.objective().type();
            if (stored.queueId() == queueId && (ofType == null || ofType.equals(type))) {
                Duration took = stored.objective().kind().equals("wait") ? waited : total;
                if (stored.objective()
                        .deadline()
                        .filter(within -> took.compareTo(within) > 0)
                        .isPresent()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Counts what the time of a late job went to. */
    public void addLate(int queueId, String type, Map<LateCause, Duration> spent) {
        synchronized (late) {
            Map<LateCause, Long> ofType =
                    late.computeIfAbsent(new Late(queueId, type), each -> new EnumMap<>(LateCause.class));
            spent.forEach((cause, time) -> ofType.merge(cause, Watch.micros(time), Long::sum));
        }
    }

    /** What is promised, as it was read last. */
    void promised(List<StoredObjective> stored) {
        objectives = stored;
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

    /** What late jobs have spent since this was asked last, in microseconds. */
    Map<Late, Map<LateCause, Long>> takeLate() {
        synchronized (late) {
            Map<Late, Map<LateCause, Long>> taken = Map.copyOf(late);
            late.clear();
            return taken;
        }
    }
}
