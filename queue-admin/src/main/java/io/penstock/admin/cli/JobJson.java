package io.penstock.admin.cli;

import io.penstock.job.JobDetail;
import io.penstock.job.JobRow;
import io.penstock.job.Progress;
import io.penstock.operate.BulkResult;
import io.penstock.operate.FailureGroups;
import io.penstock.operate.FailureGroups.Group;
import io.penstock.operate.SearchResult;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Jobs as JSON. The names are the columns' names, and stay. A moment is in ISO 8601, UTC; what is absent is null. */
final class JobJson {

    private JobJson() {}

    static ObjectNode row(JobRow job) {
        ObjectNode node = Output.object()
                .put("id", job.id().toString())
                .put("generation", job.generation())
                .put("queue", job.queue())
                .put("type", job.type())
                .put("state", job.state().word())
                .put("priority", job.priority().level())
                .put("attempts", job.attempts())
                .put("max_attempts", job.maxAttempts())
                .put("concurrency_key", job.concurrencyKey())
                .put("idempotency_key", job.idempotencyKey());
        ArrayNode tags = node.putArray("tags");
        job.tags().forEach(tags::add);
        return node.put("enqueued_at", moment(job.enqueuedAt()))
                .put("eligible_at", moment(job.eligibleAt()))
                .put("due_at", moment(job.dueAt()))
                .put("claimed_at", moment(job.claimedAt()))
                .put("finished_at", moment(job.finishedAt()))
                .put("reason", job.reason())
                .put("error", job.error())
                .put("message", job.message())
                .put("payload_start", job.payloadStart());
    }

    static ObjectNode detail(JobDetail job, @Nullable Progress progress) {
        ObjectNode node = row(job.row());
        node.remove("payload_start");
        node.set("payload", Output.JSON.readTree(job.payload()));
        node.set("metadata", Output.JSON.readTree(job.metadata()));
        node.set("failures", Output.JSON.readTree(job.failures()));
        if (progress == null) {
            return node.putNull("progress");
        }
        node.putObject("progress")
                .put("done", progress.done())
                .put("total", progress.total())
                .put("note", progress.note())
                .put("written_at", moment(progress.writtenAt()));
        return node;
    }

    static ObjectNode search(SearchResult result) {
        ObjectNode node = Output.object();
        ArrayNode jobs = node.putArray("jobs");
        result.jobs().forEach(job -> jobs.add(row(job)));
        return node.put("examined", result.examined()).put("partial", result.partial());
    }

    static ObjectNode groups(FailureGroups result) {
        ObjectNode node = Output.object();
        ArrayNode groups = node.putArray("groups");
        for (Group group : result.groups()) {
            ObjectNode one = groups.addObject()
                    .put("fingerprint", group.fingerprint())
                    .put("jobs", group.jobs())
                    .put("error", group.error())
                    .put("message", group.message());
            group.queues().forEach(one.putArray("queues")::add);
            group.types().forEach(one.putArray("types")::add);
            one.put("first_at", moment(group.firstAt()))
                    .put("last_at", moment(group.lastAt()))
                    .put("newest", group.newest().toString());
        }
        return node.put("examined", result.examined()).put("partial", result.partial());
    }

    static ObjectNode bulk(BulkResult result, boolean dryRun) {
        return Output.object()
                .put("dry_run", dryRun)
                .put("matched", result.matched())
                .put("changed", result.changed())
                .put("skipped", result.skipped())
                .put("partial", result.partial());
    }

    static @Nullable String moment(@Nullable Instant moment) {
        return moment == null ? null : moment.toString();
    }
}
