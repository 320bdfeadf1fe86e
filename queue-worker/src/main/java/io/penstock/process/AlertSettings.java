package io.penstock.process;

import io.penstock.configure.Section;
import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.penstock.objective.AlertRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The alert routes that the worker declares when it starts, to queues of its file. */
final class AlertSettings {

    private final Set<String> queues;

    AlertSettings(Set<String> queues) {
        this.queues = queues;
    }

    List<AlertRoute> read(Section alerts) {
        List<AlertRoute> read = new ArrayList<>();
        for (String name : alerts.names()) {
            Section section = alerts.section(name);
            Optional<String> queue = section.oneOf("queue", "the queues of this file", queues);
            String type = section.text("type", "penstock.alert");
            String match = section.text("match", "%");
            AlertRoute.Format format = format(section);
            @Nullable String link = section.text("link").orElse(null);
            try {
                read.add(new AlertRoute(name, queue.orElse("unknown"), type, match, format, link));
            } catch (RefusedException refused) {
                alerts.mistake(name, String.valueOf(refused.getMessage()));
            }
        }
        return read;
    }

    private static AlertRoute.Format format(Section section) {
        String word = section.text("format", "penstock");
        if (word.equals("alertmanager")) {
            return AlertRoute.Format.ALERTMANAGER;
        }
        if (!word.equals("penstock")) {
            section.mistake("format", "expected penstock or alertmanager, was " + Checks.quoted(word));
        }
        return AlertRoute.Format.PENSTOCK;
    }
}
