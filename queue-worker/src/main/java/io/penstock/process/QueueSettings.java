package io.penstock.process;

import io.penstock.configure.Section;
import io.penstock.error.RefusedException;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.Lending;
import io.penstock.job.Limits;
import io.penstock.job.QueueDefinition;
import io.penstock.job.RateLimit;
import io.penstock.job.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
            int perKey = section.number("per-key", 0, 0, Limits.SLOTS);
            RateLimit rate = rate(section, "rate");
            RateLimit keyRate = rate(section, "key-rate");
            Duration ageing = section.duration("ageing", Duration.ZERO, Duration.ZERO, QueueDefinition.LONGEST_AGEING);
            boolean heavy = section.flag("heavy", false);
            int completed =
                    section.number("keep-completed-days", Retention.DEFAULT.completedDays(), 0, Limits.RETENTION_DAYS);
            int failed = section.number("keep-failed-days", Retention.DEFAULT.failedDays(), 0, Limits.RETENTION_DAYS);
            Lending lending = lending(section);
            if (guarantee > limit) {
                section.mistake("guarantee", "expected at most the limit " + limit + ", was " + guarantee);
            } else {
                try {
                    read.add(QueueDefinition.of(name, guarantee, limit, weight)
                            .strict(strict)
                            .lending(lending)
                            .perKey(perKey)
                            .rate(rate)
                            .keyRate(keyRate)
                            .ageing(ageing.isZero() ? null : ageing)
                            .heavy(heavy)
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

    private static @Nullable RateLimit rate(Section section, String key) {
        String text = section.text(key).orElse(null);
        if (text == null) {
            return null;
        }
        try {
            return RateLimit.of(text);
        } catch (RefusedException refused) {
            section.mistake(key, String.valueOf(refused.getMessage()));
            return null;
        }
    }

    private static Lending lending(Section section) {
        return new Lending(
                section.number("headroom", Lending.DEFAULT.headroom(), 0, Limits.SLOTS),
                section.number("hold", Lending.DEFAULT.hold(), 0, Limits.SLOTS),
                section.number("long-loans", Lending.DEFAULT.longLoans(), 0, Limits.SLOTS),
                section.duration("horizon", Lending.DEFAULT.horizon(), Duration.ZERO, Lending.LONGEST_HORIZON));
    }
}
