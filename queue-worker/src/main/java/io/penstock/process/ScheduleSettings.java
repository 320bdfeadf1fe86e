package io.penstock.process;

import io.penstock.configure.Section;
import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.penstock.job.JobType;
import io.penstock.job.JsonText;
import io.penstock.job.Limits;
import io.penstock.schedule.CatchUp;
import io.penstock.schedule.Cron;
import io.penstock.schedule.FixedRate;
import io.penstock.schedule.ScheduleDefinition;
import io.penstock.schedule.ScheduleRule;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The schedules that the worker declares when it starts. Their queues and job types are those of the file: so a name that is
 * misspelt is told with its line, and their jobs are run where they are declared.
 */
final class ScheduleSettings {

    private final Set<String> queues;
    private final Set<String> types;

    ScheduleSettings(Set<String> queues, Set<String> types) {
        this.queues = queues;
        this.types = types;
    }

    List<ScheduleDefinition> read(Section schedules) {
        List<ScheduleDefinition> read = new ArrayList<>();
        for (String name : schedules.names()) {
            Section section = schedules.section(name);
            Optional<String> queue = section.oneOf("queue", "the queues of this file", queues);
            Optional<String> type = section.oneOf("type", "the job types that this file has handlers for", types);
            Optional<ScheduleRule> rule =
                    section.has("cron") == section.has("every") ? neither(section) : rule(section);
            Optional<CatchUp> catchUp = catchUp(section);
            JsonText payload = new JsonText(section.json("payload", "{}"));
            if (queue.isPresent() && type.isPresent() && rule.isPresent() && catchUp.isPresent()) {
                try {
                    read.add(ScheduleDefinition.of(
                                    name,
                                    rule.get(),
                                    JobType.of(type.get(), JsonText.class)
                                            .onQueue(queue.get())
                                            .with(payload))
                            .catchingUp(catchUp.get()));
                } catch (RefusedException refused) {
                    schedules.mistake(name, String.valueOf(refused.getMessage()));
                }
            }
        }
        return read;
    }

    private static Optional<ScheduleRule> neither(Section section) {
        boolean both = section.has("cron");
        section.has("time-zone"); // a key all the same
        section.mistake(both ? "every" : "cron", "expected one of cron and every, was " + (both ? "both" : "neither"));
        return Optional.empty();
    }

    private static Optional<ScheduleRule> rule(Section section) {
        if (section.has("cron")) {
            String cron = section.text("cron").orElse("");
            Optional<ZoneId> zone = zone(section);
            try {
                return cron.isEmpty() ? Optional.empty() : zone.map(where -> Cron.of(cron, where));
            } catch (RefusedException refused) {
                section.mistake("cron", String.valueOf(refused.getMessage()));
                return Optional.empty();
            }
        }
        if (section.has("time-zone")) {
            section.text("time-zone");
            section.mistake("time-zone", "expected none with every, which follows elapsed time, was set");
        }
        Duration every =
                section.duration("every", Limits.SHORTEST_PERIOD, Limits.SHORTEST_PERIOD, Limits.FARTHEST_DELAY);
        return Optional.of(FixedRate.every(every));
    }

    private static Optional<ZoneId> zone(Section section) {
        String zone = section.text("time-zone", "UTC");
        try {
            return Optional.of(ZoneId.of(zone));
        } catch (DateTimeException unknown) {
            section.mistake(
                    "time-zone", "expected the name of a time zone such as Europe/Berlin, was " + Checks.quoted(zone));
            return Optional.empty();
        }
    }

    private static Optional<CatchUp> catchUp(Section section) {
        String word = section.text("catch-up", CatchUp.ONCE.word());
        try {
            return Optional.of(CatchUp.of(word));
        } catch (RefusedException refused) {
            section.mistake("catch-up", "expected none, once or all, was " + Checks.quoted(word));
            return Optional.empty();
        }
    }
}
