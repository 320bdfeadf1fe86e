package io.penstock.admin.cli;

import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.penstock.job.JobEdit;
import io.penstock.job.JobFilter;
import io.penstock.job.Priority;
import io.penstock.operate.BulkChange;
import io.penstock.operate.BulkChange.Kind;
import io.penstock.operate.BulkResult;
import io.penstock.operate.JobOperations;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;

/** A change of the jobs named, or of every job of a filter. */
abstract class JobChangeCommand extends DatabaseCommand {

    @Parameters(paramLabel = "ID", arity = "0..*")
    private List<UUID> ids = new ArrayList<>();

    @Option(names = "--where", paramLabel = "FILTER", description = JobsCommand.WHERE)
    private @Nullable String where;

    @Option(names = "--queue", paramLabel = "QUEUE", description = "Only of this queue.")
    private @Nullable String queue;

    @Option(names = "--dry-run", description = "Count the jobs of the filter and change none.")
    private boolean dryRun;

    @Option(names = "--yes", description = "Do not ask before jobs of a filter are changed.")
    private boolean yes;

    @Option(
            names = "--rate",
            paramLabel = "JOBS",
            defaultValue = "100",
            description = "How many jobs of a filter are changed in a second at most (default: ${DEFAULT-VALUE}).")
    private int rate;

    @Option(
            names = "--limit",
            paramLabel = "JOBS",
            defaultValue = "10000",
            description = "How many jobs of a filter are changed at most (default: ${DEFAULT-VALUE}).")
    private int limit;

    abstract Kind kind();

    /** Changes one job; answers what became of it, or null if there was nothing to change. */
    abstract @Nullable String change(JobOperations jobs, UUID id);

    @Nullable
    String reason() {
        return null;
    }

    JobEdit edit() {
        return JobEdit.NONE;
    }

    @Override
    int run(DataSource dataSource, Output output) throws IOException {
        boolean filtered = where != null || queue != null;
        if (filtered == !ids.isEmpty()) {
            throw new RefusedException("jobs: expected either ids, or a filter by --where or --queue, was "
                    + (filtered ? "both" : "neither"));
        }
        if (filtered) {
            return byFilter(jobs(dataSource), JobsCommand.filter(where, queue), output);
        }
        if (dryRun) {
            throw Checks.refused("--dry-run", "a filter", "ids");
        }
        return byId(jobs(dataSource), output);
    }

    private int byId(JobOperations jobs, Output output) {
        ArrayNode nodes = Output.array();
        boolean all = true;
        for (UUID id : ids) {
            String changed = change(jobs, id);
            all &= changed != null;
            nodes.addObject()
                    .put("id", id.toString())
                    .put("changed", changed != null)
                    .put("outcome", changed);
            output.line("job " + id + ": " + (changed == null ? "not changed: it is unknown, or has ended" : changed));
        }
        output.document(nodes);
        return all ? ExitCode.OK : ExitCode.FAILED;
    }

    private int byFilter(JobOperations jobs, JobFilter filter, Output output) throws IOException {
        String word = kind().name().toLowerCase(Locale.ROOT);
        BulkChange change = new BulkChange(
                kind(), filter, reason(), edit(), dryRun, rate, limit, so -> output.remark(word + ": " + told(so)));
        if (!dryRun && !yes && !output.confirmed(word + " every job of this filter, up to " + limit + "?")) {
            output.line("nothing was changed");
            output.document(JobJson.bulk(new BulkResult(0, 0, 0, "it was not confirmed"), false));
            return ExitCode.FAILED;
        }
        BulkResult result = jobs.change(change);
        output.document(JobJson.bulk(result, dryRun));
        output.line(word + (dryRun ? ": " + result.matched() + " jobs would be tried" : ": " + told(result)));
        if (result.partial() != null) {
            output.remark(result.partial());
        }
        return ExitCode.OK;
    }

    private static String told(BulkResult result) {
        return result.matched() + " jobs met, " + result.changed() + " changed, " + result.skipped()
                + " left as they are: they run, have run again already, or are gone";
    }

    @Command(
            name = "retry",
            description = "Runs discarded and cancelled jobs again, as their next generations; ended rows stay.")
    static final class Retry extends JobChangeCommand {
        @Override
        Kind kind() {
            return Kind.RETRY;
        }

        @Override
        @Nullable
        String change(JobOperations jobs, UUID id) {
            int generation = jobs.retry(id);
            return generation == 0 ? null : "runs again as generation " + generation;
        }
    }

    @Command(
            name = "cancel",
            description = "Cancels jobs. One that runs is interrupted within two seconds, and gets no further attempt.")
    static final class Cancel extends JobChangeCommand {
        @Option(names = "--reason", paramLabel = "TEXT", description = "Kept with the job.")
        private String reason = "cancelled by an operator";

        @Override
        Kind kind() {
            return Kind.CANCEL;
        }

        @Override
        String reason() {
            return reason;
        }

        @Override
        @Nullable
        String change(JobOperations jobs, UUID id) {
            return jobs.cancel(id, reason) ? "cancelled, or about to be: what runs is interrupted" : null;
        }
    }

    @Command(name = "discard", description = "Discards jobs that do not run, as if their attempts were used up.")
    static final class Discard extends JobChangeCommand {
        @Option(names = "--reason", paramLabel = "TEXT", description = "Kept with the job.")
        private String reason = "discarded by an operator";

        @Override
        Kind kind() {
            return Kind.DISCARD;
        }

        @Override
        String reason() {
            return reason;
        }

        @Override
        @Nullable
        String change(JobOperations jobs, UUID id) {
            return jobs.discard(id, reason) ? "discarded" : null;
        }
    }

    @Command(
            name = "edit",
            description = {
                "Changes jobs that do not run. One that was discarded or cancelled stays as it was, and runs again",
                "with the changes. A payload is changed of one job only."
            })
    static final class Edit extends JobChangeCommand {
        @Option(names = "--payload", paramLabel = "JSON", description = "JSON, or @FILE to read it from one.")
        private @Nullable String payload;

        @Option(names = "--metadata", paramLabel = "NAME=VALUE", description = "All of it; may be given again.")
        private @Nullable Map<String, String> metadata;

        @Option(names = "--tag", description = "All of them; may be given again.")
        private @Nullable List<String> tags;

        @Option(names = "--priority", description = "${COMPLETION-CANDIDATES}")
        private @Nullable Priority priority;

        @Option(names = "--max-attempts", description = "How many attempts in all.")
        private @Nullable Integer maxAttempts;

        @Override
        Kind kind() {
            return Kind.EDIT;
        }

        @Override
        JobEdit edit() {
            return new JobEdit(
                    payload == null ? null : EnqueueCommand.text(payload), metadata, tags, priority, maxAttempts);
        }

        @Override
        @Nullable
        String change(JobOperations jobs, UUID id) {
            int generation = jobs.edit(id, edit());
            return generation == 0 ? null : "carries the changes as generation " + generation;
        }
    }
}
