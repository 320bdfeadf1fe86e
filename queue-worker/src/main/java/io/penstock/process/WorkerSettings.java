package io.penstock.process;

import io.penstock.configure.Section;
import io.penstock.job.Checks;
import io.penstock.job.Limits;
import io.penstock.run.UnknownTypePolicy;
import java.time.Duration;

/** How the worker works. */
record WorkerSettings(String name, int capacity, int headroom, Duration drainTimeout, UnknownTypePolicy unknownTypes) {

    private static final int DEFAULT_CAPACITY = 16;
    private static final Duration DEFAULT_DRAIN = Duration.ofSeconds(30);
    private static final String NAME_PATTERN = "[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}";

    /** Reads them; the headroom is what all queues are guaranteed together, unless set. */
    static WorkerSettings read(Section section, int guaranteed) {
        String name = section.text("name", "worker-" + ProcessHandle.current().pid());
        if (!name.matches(NAME_PATTERN)) {
            section.mistake("name", "expected 1 to 100 letters, digits or _ . : -, was " + Checks.quoted(name));
        }
        int capacity = section.number("capacity", DEFAULT_CAPACITY, 1, Limits.SLOTS);
        int headroom = section.number("headroom", Math.min(guaranteed, Limits.SLOTS), 0, Limits.SLOTS);
        Duration drain = section.duration("drain-timeout", DEFAULT_DRAIN, Duration.ZERO, Duration.ofDays(1));
        String unknown = section.text("unknown-types", "wait");
        if (!unknown.equals("wait") && !unknown.equals("discard")) {
            section.mistake("unknown-types", "expected wait or discard, was " + Checks.quoted(unknown));
        }
        return new WorkerSettings(
                name,
                capacity,
                headroom,
                drain,
                unknown.equals("discard") ? UnknownTypePolicy.DISCARD : UnknownTypePolicy.WAIT);
    }
}
