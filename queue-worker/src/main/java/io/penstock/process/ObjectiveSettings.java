package io.penstock.process;

import io.penstock.configure.Section;
import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.penstock.objective.DepthGrowthObjective;
import io.penstock.objective.FreshnessObjective;
import io.penstock.objective.LatencyObjective;
import io.penstock.objective.Objective;
import io.penstock.objective.SuccessObjective;
import io.penstock.objective.WaitObjective;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The objectives that the worker declares when it starts, of the queues of its file. Their names are only for people. */
final class ObjectiveSettings {

    private static final double DEFAULT_TARGET = 0.99;

    private final Set<String> queues;

    ObjectiveSettings(Set<String> queues) {
        this.queues = queues;
    }

    List<Objective> read(Section objectives) {
        List<Objective> read = new ArrayList<>();
        for (String name : objectives.names()) {
            Section section = objectives.section(name);
            Optional<String> queue = section.oneOf("queue", "the queues of this file", queues);
            try {
                Objective objective = objective(section, queue.orElse("unknown"));
                if (objective != null) {
                    read.add(objective);
                }
            } catch (RefusedException refused) {
                objectives.mistake(name, String.valueOf(refused.getMessage()));
            }
        }
        return read;
    }

    private static @Nullable Objective objective(Section section, String queue) {
        String kind = section.text("kind", "latency");
        @Nullable String type = section.text("type").orElse(null);
        double target = target(section);
        int days = section.number("days", Objective.DEFAULT_PERIOD, 1, Objective.LONGEST_PERIOD);
        switch (kind) {
            case "latency":
                return new LatencyObjective(queue, type, within(section), target, days);
            case "wait":
                return new WaitObjective(queue, type, within(section), target, days);
            case "success":
                return new SuccessObjective(queue, type, target, days);
            case "growth":
                int perMinute = section.number("per-minute", 0, 0, DepthGrowthObjective.MOST);
                return new DepthGrowthObjective(queue, perMinute, target, days);
            case "freshness":
                String evidence = section.text("evidence").orElse("");
                @Nullable
                BigDecimal least = section.has("at-least")
                        ? BigDecimal.valueOf(section.number("at-least", 1, 0, Integer.MAX_VALUE))
                        : null;
                return new FreshnessObjective(
                        queue, type == null ? "" : type, within(section), evidence, least, target, days);
            default:
                section.mistake(
                        "kind", "expected latency, wait, success, growth or freshness, was " + Checks.quoted(kind));
                return null;
        }
    }

    private static Duration within(Section section) {
        return section.duration("within", Duration.ofMinutes(1), Duration.ofMillis(1), LatencyObjective.LONGEST);
    }

    private static double target(Section section) {
        String text = section.text("target", String.valueOf(DEFAULT_TARGET));
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException wrong) {
            section.mistake("target", "expected a part such as 0.99, was " + Checks.quoted(text));
            return DEFAULT_TARGET;
        }
    }
}
