package io.penstock.admin.cli;

import io.penstock.job.Checks;
import io.penstock.objective.DepthGrowthObjective;
import io.penstock.objective.FreshnessObjective;
import io.penstock.objective.LatencyObjective;
import io.penstock.objective.Objective;
import io.penstock.objective.SuccessObjective;
import io.penstock.objective.WaitObjective;
import java.math.BigDecimal;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is promised of queues. */
@Command(
        name = "objectives",
        description = "Makes objectives, changes and removes them; penstock slo shows them.",
        subcommands = {ObjectivesCommand.Set.class, ObjectivesCommand.Remove.class})
public final class ObjectivesCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "expected a command: set or remove");
    }

    @Command(
            name = "set",
            description = {
                "Makes an objective, or changes the one of its kind and type. It outlives restarts, until a service declares another.",
                "Kinds: latency (done within), wait (begun within), success, growth (depth, per minute), freshness (with evidence)."
            })
    static final class Set extends DatabaseCommand {
        @Parameters(paramLabel = "QUEUE")
        private String queue = "";

        @Option(names = "--kind", defaultValue = "latency", description = "Default: ${DEFAULT-VALUE}.")
        private String kind = "latency";

        @Option(names = "--type", description = "Only jobs of this type; all of the queue's unless given.")
        private @Nullable String type;

        @Option(names = "--within", paramLabel = "MILLISECONDS", description = "For latency, wait and freshness.")
        private long within;

        @Option(names = "--per-minute", description = "For growth: jobs (default: 0).")
        private int perMinute;

        @Option(names = "--evidence", paramLabel = "FIELD", description = "For freshness: what the result has to say.")
        private String evidence = "";

        @Option(names = "--at-least", description = "For freshness: the least value of that.")
        private @Nullable BigDecimal least;

        @Option(
                names = "--target",
                defaultValue = "0.99",
                description = "What part is to be good (default: ${DEFAULT-VALUE}).")
        private double target;

        @Option(names = "--days", defaultValue = "30", description = "Over how long (default: ${DEFAULT-VALUE}).")
        private int days;

        @Override
        int run(DataSource dataSource, Output output) {
            Objective objective = objective();
            objectives(dataSource).declare(objective);
            output.document(Output.object()
                    .put("queue", objective.queue())
                    .put("type", objective.type())
                    .put("kind", objective.kind())
                    .put("promise", objective.promise())
                    .put("target", objective.target())
                    .put("days", objective.days()));
            output.line(objective.kind() + " objective of " + objective.subject() + ": " + objective.promise() + ", "
                    + objective.target() + " over " + objective.days() + " days");
            return ExitCode.OK;
        }

        private Objective objective() {
            Duration time = Duration.ofMillis(within);
            return switch (kind) {
                case "latency" -> new LatencyObjective(queue, type, time, target, days);
                case "wait" -> new WaitObjective(queue, type, time, target, days);
                case "success" -> new SuccessObjective(queue, type, target, days);
                case "growth" -> new DepthGrowthObjective(queue, perMinute, target, days);
                case "freshness" ->
                    new FreshnessObjective(queue, type == null ? "" : type, time, evidence, least, target, days);
                default ->
                    throw Checks.refused("--kind", "latency, wait, success, growth or freshness", Checks.quoted(kind));
            };
        }
    }

    @Command(name = "remove", description = "Removes an objective with all that was counted for it.")
    static final class Remove extends DatabaseCommand {
        @Parameters(paramLabel = "QUEUE")
        private String queue = "";

        @Option(names = "--kind", defaultValue = "latency", description = "Default: ${DEFAULT-VALUE}.")
        private String kind = "latency";

        @Option(names = "--type", description = "The objective of this type.")
        private @Nullable String type;

        @Override
        int run(DataSource dataSource, Output output) {
            boolean removed = objectives(dataSource).remove(queue, kind, type);
            output.document(
                    Output.object().put("queue", queue).put("kind", kind).put("removed", removed));
            output.line(kind + " objective of " + queue + (type == null ? "" : "/" + type) + ": "
                    + (removed ? "removed" : "there was none"));
            return removed ? ExitCode.OK : ExitCode.FAILED;
        }
    }
}
