package io.penstock.worker;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.penstock.dispatch.Dispatcher;
import io.penstock.dispatch.Ground;
import io.penstock.dispatch.QueueSlots;
import io.penstock.dispatch.SlotReport;
import io.penstock.dispatch.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What a worker's slots are used for, as meters, from its start until it is closed. The table of them is in docs/OPERATIONS.md. */
final class SlotMetrics {

    private final MeterRegistry registry;
    private final Dispatcher dispatcher;
    private final List<Meter> meters = new ArrayList<>();

    SlotMetrics(MeterRegistry registry, Dispatcher dispatcher, String worker, Map<Integer, String> queues) {
        this.registry = registry;
        this.dispatcher = dispatcher;
        Tags tags = Tags.of("worker", worker);
        gauge("penstock.slots.capacity", "Slots that any queue may use", tags, SlotReport::capacity);
        gauge("penstock.slots.headroom", "Slots above, for queues below their guarantees", tags, SlotReport::headroom);
        gauge("penstock.slots.lent", "Slots in use that other queues are guaranteed", tags, SlotReport::lent);
        gauge("penstock.slots.overcommitted", "Slots in use above the capacity", tags, SlotReport::overCommitted);
        gauge("penstock.slots.utilisation", "Part of the capacity in use", tags, SlotReport::utilisation);
        counter(
                "penstock.slots.stranded",
                "Slot-seconds idle while a queue below its limit had work",
                tags,
                measured -> seconds(measured.report().stranded()));
        queues.forEach((queueId, queue) -> ofQueue(queueId, tags.and("queue", queue)));
    }

    private void ofQueue(int queueId, Tags tags) {
        ofQueue(queueId, "penstock.slots.own", "Slots in use of its guarantee", tags, QueueSlots::own);
        ofQueue(queueId, "penstock.slots.borrowed", "Slots in use above its guarantee", tags, QueueSlots::borrowed);
        ofQueue(queueId, "penstock.queue.unclaimed", "Seconds since it had work that it might start", tags, slots -> {
            return seconds(slots.unclaimed());
        });
        counter(
                "penstock.slots.deficit",
                "Slot-seconds that it was guaranteed and not granted while it had work, at most",
                tags,
                measured -> seconds(measured.slots(queueId).owed()));
        for (Waiting reason : Waiting.values()) {
            if (reason != Waiting.NOTHING) {
                counter(
                        "penstock.queue.waited",
                        "Seconds in which it had work and started none of it",
                        tags.and("reason", word(reason)),
                        measured -> seconds(measured.slots(queueId).waited(reason)));
            }
        }
        for (Ground ground : Ground.values()) {
            counter(
                    "penstock.jobs.started",
                    "Jobs started, by what their slots were given for",
                    tags.and("ground", word(ground)),
                    measured -> measured.slots(queueId).started(ground));
        }
    }

    private void gauge(String name, String description, Tags tags, ToDoubleFunction<SlotReport> value) {
        meters.add(Gauge.builder(name, dispatcher, measured -> value.applyAsDouble(measured.report()))
                .description(description)
                .tags(tags)
                .register(registry));
    }

    private void ofQueue(int queueId, String name, String text, Tags tags, ToDoubleFunction<QueueSlots> value) {
        meters.add(Gauge.builder(name, dispatcher, measured -> value.applyAsDouble(measured.slots(queueId)))
                .description(text)
                .tags(tags)
                .register(registry));
    }

    private void counter(String name, String description, Tags tags, ToDoubleFunction<Dispatcher> value) {
        meters.add(FunctionCounter.builder(name, dispatcher, value)
                .description(description)
                .tags(tags)
                .register(registry));
    }

    /** The worker is closed: nothing of it is to be shown any more. */
    void remove() {
        meters.forEach(registry::remove);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
