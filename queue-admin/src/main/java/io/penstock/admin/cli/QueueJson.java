package io.penstock.admin.cli;

import io.penstock.job.QueueStatus;
import tools.jackson.databind.node.ObjectNode;

/** Queues as JSON. A count of {@link QueueStatus#CAP} and one more means that many or more: {@code capped} then says so. */
final class QueueJson {

    private QueueJson() {}

    static ObjectNode status(QueueStatus queue) {
        boolean capped =
                Math.max(Math.max(queue.available(), queue.running()), Math.max(queue.waiting(), queue.discarded()))
                        > QueueStatus.CAP;
        return Output.object()
                .put("name", queue.definition().name())
                .put("guarantee", queue.definition().budget().guarantee())
                .put("limit", queue.definition().budget().limit())
                .put("weight", queue.definition().budget().weight())
                .put("strict", queue.definition().budget().strict())
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
                .put("paused_at", JobJson.moment(queue.pausedAt()))
                .put("paused_by", queue.pausedBy())
                .put("pause_reason", queue.pauseReason());
    }
}
