package io.penstock.process;

import io.penstock.configure.Section;
import io.penstock.error.RefusedException;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.Limits;
import io.penstock.job.QueueDefinition;
import io.penstock.job.Retention;
import java.util.ArrayList;
import java.util.List;

/** The queues that the worker serves. */
final class QueueSettings {

    private QueueSettings() {}

    static List<QueueDefinition> read(Section queues) {
        List<QueueDefinition> read = new ArrayList<>();
        for (String name : queues.names()) {
            Section section = queues.section(name);
            int guarantee = section.number("guarantee", 0, 0, Limits.SLOTS);
            int limit = section.number("limit", Math.max(1, guarantee), 1, Limits.SLOTS);
            int weight = section.number("weight", 1, 1, ConcurrencyBudget.MAX_WEIGHT);
            boolean strict = section.flag("strict", false);
            int completed =
                    section.number("keep-completed-days", Retention.DEFAULT.completedDays(), 0, Limits.RETENTION_DAYS);
            int failed = section.number("keep-failed-days", Retention.DEFAULT.failedDays(), 0, Limits.RETENTION_DAYS);
            if (guarantee > limit) {
                section.mistake("guarantee", "expected at most the limit " + limit + ", was " + guarantee);
            } else {
                try {
                    read.add(QueueDefinition.of(name, guarantee, limit, weight)
                            .strict(strict)
                            .keeping(new Retention(completed, failed)));
                } catch (RefusedException refused) {
                    queues.mistake(name, String.valueOf(refused.getMessage()));
                }
            }
        }
        if (queues.names().isEmpty()) {
            queues.mistake("expected at least one queue, was none");
        }
        return read;
    }
}
