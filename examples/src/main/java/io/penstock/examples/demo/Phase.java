package io.penstock.examples.demo;

import io.penstock.job.Lending;
import io.penstock.job.QueueDefinition;
import java.util.List;
import java.util.Locale;

/** The four ways to share the same sixteen slots. */
public enum Phase {
    /** Runbook steps with all slots to themselves: what they are compared with. */
    ALONE("runbook steps alone", 16, 0, QueueDefinition.of("runbook", 16, 16, 1)),

    /** One queue for both, first in, first out: the incident. */
    SHARED("one shared queue", 16, 0, QueueDefinition.of("shared", 16, 16, 1)),

    /** Twelve slots for one and four for the other, nothing lent: what people build after the incident. */
    POOLS(
            "hard pools of 12 and 4",
            16,
            0,
            QueueDefinition.of("runbook", 12, 12, 1),
            QueueDefinition.of("ingest", 4, 4, 1)),

    /** Guaranteed slots are lent while they are idle; headroom gives three of them back at once, and loans that end the others. */
    PENSTOCK(
            "Penstock",
            13,
            3,
            QueueDefinition.of("runbook", 12, 16, 1).lending(Lending.DEFAULT.longLoans(9)),
            QueueDefinition.of("ingest", 0, 13, 1));

    private final String title;
    private final int capacity;
    private final int headroom;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<QueueDefinition> queues;

    Phase(String title, int capacity, int headroom, QueueDefinition... queues) {
        this.title = title;
        this.capacity = capacity;
        this.headroom = headroom;
        this.queues = List.of(queues);
    }

    /** As it is called in the JSON report. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    String title() {
        return title;
    }

    int capacity() {
        return capacity;
    }

    int headroom() {
        return headroom;
    }

    List<QueueDefinition> queues() {
        return queues;
    }

    boolean ingests() {
        return this != ALONE;
    }

    String runbookQueue() {
        return queues.get(0).name();
    }

    String ingestQueue() {
        return queues.get(queues.size() - 1).name();
    }
}
