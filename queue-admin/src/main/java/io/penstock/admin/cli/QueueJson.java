package io.penstock.admin.cli;

import io.penstock.job.Pause;
import io.penstock.job.QueueStatus;
import java.util.Objects;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Queues as JSON. A count of {@link QueueStatus#CAP} and one more means that many or more: {@code capped} then says so. */
final class QueueJson {

    private QueueJson() {}

    static ObjectNode status(QueueStatus queue) {
        boolean capped =
                Math.max(Math.max(queue.available(), queue.running()), Math.max(queue.waiting(), queue.discarded()))
                        > QueueStatus.CAP;
        Pause paused = queue.paused();
        ObjectNode node = Output.object()
                .put("name", queue.definition().name())
                .put("guarantee", queue.definition().budget().guarantee())
                .put("limit", queue.definition().budget().limit())
                .put("weight", queue.definition().budget().weight())
                .put("strict", queue.definition().budget().strict())
                .put("headroom", queue.definition().budget().lending().headroom())
                .put("hold", queue.definition().budget().lending().hold())
                .put("long_loans", queue.definition().budget().lending().longLoans())
                .put(
                        "horizon_ms",
                        queue.definition().budget().lending().horizon().toMillis())
                .put("per_key", queue.definition().perKey())
                .put("rate", Objects.toString(queue.definition().rate(), null))
                .put("key_rate", Objects.toString(queue.definition().keyRate(), null))
                .put(
                        "ageing_ms",
                        queue.definition().ageing() == null
                                ? null
                                : Long.valueOf(queue.definition().ageing().toMillis()))
                .put("heavy", queue.definition().heavy())
                .put("keep_completed", queue.definition().retention().completedDays())
                .put("keep_failed", queue.definition().retention().failedDays())
                .put("available", queue.available())
                .put("running", queue.running())
                .put("waiting", queue.waiting())
                .put("discarded_24h", queue.discarded())
                .put("capped", capped)
                .put("head_eligible_at", JobJson.moment(queue.headEligibleAt()))
                .put("next_due_at", JobJson.moment(queue.nextDueAt()))
                .put("created_at", JobJson.moment(queue.createdAt()))
                .put("paused_at", JobJson.moment(paused == null ? null : paused.since()))
                .put("paused_by", paused == null ? null : paused.by())
                .put("pause_reason", paused == null ? null : paused.reason())
                .put("paused_until", JobJson.moment(paused == null ? null : paused.until()));
        ArrayNode parts = node.putArray("paused_parts");
        queue.pauses().stream()
                .filter(pause -> pause != paused)
                .forEach(pause -> parts.addObject()
                        .put("what", pause.scope().subject())
                        .put("paused_at", JobJson.moment(pause.since()))
                        .put("paused_by", pause.by())
                        .put("pause_reason", pause.reason())
                        .put("paused_until", JobJson.moment(pause.until())));
        return node;
    }
}
