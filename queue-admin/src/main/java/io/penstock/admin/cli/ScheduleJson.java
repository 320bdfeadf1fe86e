package io.penstock.admin.cli;

import io.penstock.schedule.ScheduleSnapshot;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Schedules as JSON. */
final class ScheduleJson {

    private ScheduleJson() {}

    static ObjectNode schedule(ScheduleSnapshot schedule) {
        return Output.object()
                .put("name", schedule.name())
                .put("queue", schedule.queue())
                .put("type", schedule.type())
                .put("rule", schedule.rule())
                .put("zone", schedule.zone())
                .put("catch_up", schedule.catchUp().word())
                .put("next_tick_at", JobJson.moment(schedule.nextTick()))
                .put("last_tick_at", JobJson.moment(schedule.lastTick()))
                .put("paused_at", JobJson.moment(schedule.pausedAt()))
                .put("last_error", schedule.lastError())
                .put("failing_since", JobJson.moment(schedule.failingSince()))
                .put("declared_by", schedule.declaredBy())
                .put("declared_at", JobJson.moment(schedule.declaredAt()));
    }

    /** Ticks, each as a moment and on the zone's wall clock. */
    static ObjectNode ticks(ScheduleSnapshot schedule, ZoneId zone, List<Instant> ticks) {
        ArrayNode nodes = Output.array();
        ticks.forEach(tick -> nodes.addObject()
                .put("tick", JobJson.moment(tick))
                .put("local", DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(tick.atZone(zone))));
        ObjectNode document = Output.object()
                .put("name", schedule.name())
                .put("zone", zone.getId())
                .put("paused_at", JobJson.moment(schedule.pausedAt()));
        document.set("next", nodes);
        return document;
    }
}
