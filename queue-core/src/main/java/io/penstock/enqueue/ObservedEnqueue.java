package io.penstock.enqueue;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import io.penstock.job.Enqueued;
import io.penstock.job.NewJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Each call as a Micrometer observation, {@code penstock.enqueue}. What a tracer puts into its carrier, such as the W3C trace
 * context, becomes metadata of the jobs, so that their attempts continue the trace.
 */
record ObservedEnqueue(ObservationRegistry registry) {

    List<Enqueued> around(List<? extends NewJob<?>> jobs, Function<List<? extends NewJob<?>>, List<Enqueued>> enqueue) {
        if (registry.isNoop() || jobs.isEmpty()) {
            return enqueue.apply(jobs);
        }
        NewJob<?> first = jobs.get(0);
        Map<String, String> carrier = new TreeMap<>();
        SenderContext<Map<String, String>> sent = new SenderContext<>(
                (headers, key, value) -> {
                    if (headers != null) {
                        headers.put(key, value);
                    }
                },
                Kind.PRODUCER);
        sent.setCarrier(carrier);
        return Observation.createNotStarted("penstock.enqueue", () -> sent, registry)
                .contextualName(first.type().name() + " enqueue")
                .lowCardinalityKeyValue("penstock.queue", first.queue())
                .lowCardinalityKeyValue("penstock.type", first.type().name())
                .highCardinalityKeyValue("penstock.jobs", String.valueOf(jobs.size()))
                .observe(() -> enqueue.apply(traced(jobs, carrier)));
    }

    private static List<? extends NewJob<?>> traced(List<? extends NewJob<?>> jobs, Map<String, String> carrier) {
        if (carrier.isEmpty()) {
            return jobs;
        }
        List<NewJob<?>> traced = new ArrayList<>(jobs.size());
        for (NewJob<?> job : jobs) {
            NewJob<?> copy = job;
            for (Map.Entry<String, String> header : carrier.entrySet()) {
                copy = copy.metadata(header.getKey(), header.getValue());
            }
            traced.add(copy);
        }
        return traced;
    }
}
