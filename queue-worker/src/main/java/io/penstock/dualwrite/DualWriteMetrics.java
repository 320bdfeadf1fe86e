package io.penstock.dualwrite;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.penstock.dualwrite.Sight.Found;
import java.util.Locale;

/** What dual writes count, by name: how writes were mirrored, what comparing reads and reconciliation have found, and what was repaired. */
final class DualWriteMetrics {

    private final CompositeMeterRegistry registries = new CompositeMeterRegistry();
    private final String name;

    DualWriteMetrics(String name) {
        this.name = name;
    }

    void to(MeterRegistry registry) {
        registries.add(registry);
    }

    void mirrored() {
        count("penstock.dualwrite.mirrored", "Writes that the other side had at once", "how", "at-once");
    }

    void left(String why) {
        count("penstock.dualwrite.left", "Writes that were left to a job, by why", "why", why);
    }

    void brought() {
        count("penstock.dualwrite.brought", "Keys of which a job brought what was left", "by", "job");
    }

    void compared(Found found) {
        String result = found.name().toLowerCase(Locale.ROOT).replace('_', '-');
        count(
                "penstock.dualwrite.compared",
                "Keys that both sides were asked for, by what was found",
                "result",
                result);
    }

    void repaired() {
        count(
                "penstock.dualwrite.repaired",
                "Keys that were written again from the side in charge",
                "by",
                "reconciliation");
    }

    private void count(String meter, String description, String tag, String value) {
        Counter.builder(meter)
                .description(description)
                .tags("name", name, tag, value)
                .register(registries)
                .increment();
    }
}
