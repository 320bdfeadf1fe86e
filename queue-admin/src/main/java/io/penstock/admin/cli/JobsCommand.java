package io.penstock.admin.cli;

import io.penstock.job.Checks;
import io.penstock.job.JobDetail;
import io.penstock.job.JobFilter;
import io.penstock.job.JobRow;
import io.penstock.job.Progress;
import io.penstock.operate.FailureGroups;
import io.penstock.operate.FailureGroups.Group;
import io.penstock.operate.FilterText;
import io.penstock.operate.JobOperations;
import io.penstock.operate.SearchResult;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What can be done with jobs. */
@Command(
        name = "jobs",
        description = "Looks for jobs, shows them, groups failures; runs again, cancels, discards and edits.",
        subcommands = {
            JobsCommand.ListSome.class,
            JobsCommand.Show.class,
            JobsCommand.Trace.class,
            JobsCommand.Failures.class,
            JobChangeCommand.Retry.class,
            JobChangeCommand.Cancel.class,
            JobChangeCommand.Discard.class,
            JobChangeCommand.Edit.class
        })
public final class JobsCommand implements Runnable {

    static final String WHERE =
            "Such as 'type=mail|sms,state=discarded,key=acme,tag=eu,error~timeout,age>1h'; also queue, idempotency,"
                    + " fingerprint.";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "expected a command: list, show, trace, failures, retry, cancel, discard or edit");
    }

    static JobFilter filter(@Nullable String where, @Nullable String queue) {
        JobFilter filter = where == null ? JobFilter.ALL : FilterText.parse(where);
        return queue == null ? filter : filter.inQueue(queue);
    }

    private static void print(SearchResult result, Output output, String none) {
        output.document(JobJson.search(result));
        if (result.jobs().isEmpty()) {
            output.line(none);
        } else {
            Moments moments = new Moments(Instant.now());
            Table table = new Table("ID", "GEN", "QUEUE", "TYPE", "STATE", "TRIES", "SINCE", "WHAT");
            for (JobRow job : result.jobs()) {
                table.row(
                        job.id().toString(),
                        String.valueOf(job.generation()),
                        job.queue(),
                        job.type(),
                        job.state().word(),
                        job.attempts() + "/" + job.maxAttempts(),
                        moments.relative(job.finishedAt() == null ? job.enqueuedAt() : job.finishedAt()),
                        what(job));
            }
            table.lines().forEach(output::line);
        }
        partial(result.partial(), output);
    }

    private static String what(JobRow job) {
        String why = job.reason() == null ? job.message() : job.reason();
        return why == null ? job.payloadStart() : why;
    }

    private static void partial(@Nullable String partial, Output output) {
        if (partial != null) {
            output.remark("this is not all: " + partial + "; name a queue or a state, or narrow the filter");
        }
    }

    @Command(name = "list", description = "Jobs of a filter.")
    static final class ListSome extends DatabaseCommand {
        @Option(names = "--where", paramLabel = "FILTER", description = WHERE)
        private @Nullable String where;

        @Option(names = "--queue", paramLabel = "QUEUE", description = "Only of this queue.")
        private @Nullable String queue;

        @Option(names = "--limit", defaultValue = "50", description = "How many at most (default: ${DEFAULT-VALUE}).")
        private int limit;

        @Override
        int run(DataSource dataSource, Output output) {
            Checks.within("--limit", limit, 1, SearchResult.MOST);
            print(jobs(dataSource).search(filter(where, queue), limit), output, "no jobs");
            return ExitCode.OK;
        }
    }

    @Command(name = "show", description = "One job as it is now, with payload and failures.")
    static final class Show extends DatabaseCommand {
        @Parameters(paramLabel = "ID")
        private @Nullable UUID id;

        @Override
        int run(DataSource dataSource, Output output) {
            UUID jobId = Checks.present("job id", id);
            JobOperations jobs = jobs(dataSource);
            List<JobDetail> generations = jobs.generations(jobId);
            if (generations.isEmpty()) {
                throw Checks.refused("job " + jobId, "a job that is there", "none, or no longer");
            }
            JobDetail job = generations.get(generations.size() - 1);
            Progress progress = jobs.progress(jobId).orElse(null);
            output.document(JobJson.detail(job, progress));
            JobText.lines(job, progress, new Moments(Instant.now())).forEach(output::line);
            return ExitCode.OK;
        }
    }

    @Command(
            name = "trace",
            description = {
                "Every generation of a job, or of all jobs with a business key: a concurrency key, a tag or an",
                "idempotency key, in every queue and room, in order of time."
            })
    static final class Trace extends DatabaseCommand {
        @Parameters(paramLabel = "ID|KEY")
        private String key = "";

        @Override
        int run(DataSource dataSource, Output output) {
            JobOperations jobs = jobs(dataSource);
            SearchResult result = jobId().map(id -> {
                        List<JobRow> rows = jobs.generations(id).stream()
                                .map(JobDetail::row)
                                .toList();
                        return new SearchResult(rows, rows.size(), null);
                    })
                    .filter(found -> !found.jobs().isEmpty())
                    .orElseGet(() -> jobs.trace(key));
            print(result, output, "nothing under " + Checks.quoted(key));
            return ExitCode.OK;
        }

        private Optional<UUID> jobId() {
            return key.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
                    ? Optional.of(UUID.fromString(key))
                    : Optional.empty();
        }
    }

    @Command(
            name = "failures",
            description = {
                "Discarded jobs, grouped by what they failed with. The fingerprint of a group is a filter:",
                "jobs retry --where fingerprint=..."
            })
    static final class Failures extends DatabaseCommand {
        @Option(names = "--where", paramLabel = "FILTER", description = WHERE)
        private @Nullable String where;

        @Option(names = "--queue", paramLabel = "QUEUE", description = "Only of this queue.")
        private @Nullable String queue;

        @Override
        int run(DataSource dataSource, Output output) {
            FailureGroups result = jobs(dataSource).groups(filter(where, queue));
            output.document(JobJson.groups(result));
            if (result.groups().isEmpty()) {
                output.line("no discarded jobs");
            } else {
                Moments moments = new Moments(Instant.now());
                Table table = new Table("FINGERPRINT", "JOBS", "LAST", "FIRST", "TYPES", "ERROR");
                for (Group group : result.groups()) {
                    String error = group.error() == null ? "" : group.error() + ": ";
                    table.row(
                            group.fingerprint(),
                            String.valueOf(group.jobs()),
                            moments.relative(group.lastAt()),
                            moments.relative(group.firstAt()),
                            String.join(",", group.types()),
                            error + (group.message() == null ? "" : group.message()));
                }
                table.lines().forEach(output::line);
            }
            partial(result.partial(), output);
            return ExitCode.OK;
        }
    }
}
