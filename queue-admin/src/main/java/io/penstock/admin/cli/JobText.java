package io.penstock.admin.cli;

import io.penstock.job.JobDetail;
import io.penstock.job.JobRow;
import io.penstock.job.Progress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One job for a person to read. */
final class JobText {

    private static final int STACK_LINES = 12;

    private JobText() {}

    static List<String> lines(JobDetail job, @Nullable Progress progress, Moments moments) {
        JobRow row = job.row();
        List<String> lines = new ArrayList<>();
        lines.add("job         " + row.id() + ", generation " + row.generation());
        lines.add("queue       " + row.queue() + ", type " + row.type() + ", priority "
                + row.priority().level());
        lines.add("state       " + row.state().word() + ", " + row.attempts() + " of " + row.maxAttempts()
                + " attempts started" + (row.reason() == null ? "" : ": " + Table.oneLine(row.reason())));
        lines.add("enqueued    " + moments.at(row.enqueuedAt()));
        lines.add("eligible    " + moments.at(row.eligibleAt()));
        if (row.dueAt() != null) {
            lines.add("due         " + moments.at(row.dueAt()));
        }
        if (row.claimedAt() != null) {
            lines.add("claimed     " + moments.at(row.claimedAt()));
        }
        if (row.finishedAt() != null) {
            lines.add("ended       " + moments.at(row.finishedAt()));
        }
        if (row.concurrencyKey() != null) {
            lines.add("key         " + Table.oneLine(row.concurrencyKey()));
        }
        if (row.idempotencyKey() != null) {
            lines.add("idempotency " + Table.oneLine(row.idempotencyKey()));
        }
        if (!row.tags().isEmpty()) {
            lines.add("tags        " + Table.oneLine(String.join(", ", row.tags())));
        }
        if (progress != null) {
            lines.add("progress    " + progress.done() + " of " + progress.total()
                    + (progress.note() == null ? "" : ", " + Table.oneLine(progress.note())) + ", "
                    + moments.at(progress.writtenAt()));
        }
        lines.add("metadata    " + job.metadata());
        lines.add("payload     " + job.payload());
        for (JsonNode failure : Output.JSON.readTree(job.failures())) {
            lines.add("attempt " + failure.path("attempt").asString("?") + " failed: "
                    + failure.path("error").asString("") + ": "
                    + Table.oneLine(failure.path("message").asString("")));
            failure.path("stack")
                    .asString("")
                    .lines()
                    .filter(line -> line.startsWith("\tat ") || line.startsWith("Caused by"))
                    .limit(STACK_LINES)
                    .forEach(line -> lines.add("    " + line.strip()));
        }
        return lines;
    }
}
