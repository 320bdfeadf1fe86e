package io.penstock.admin.cli;

import io.penstock.job.Checks;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.operate.QueueOperations;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes a queue's concurrency budget. */
@Command(
        name = "budget",
        description = {
            "Changes a queue's concurrency budget while workers run; what is not given stays.",
            "Workers have their new shares within two seconds. It outlives restarts, until a service declares another."
        })
final class QueueBudgetCommand extends DatabaseCommand {
    @Parameters(paramLabel = "QUEUE")
    private String queue = "";

    @Option(names = "--guarantee", description = "Slots of its own, over all workers.")
    private @Nullable Integer guarantee;

    @Option(names = "--limit", description = "Slots at most, over all workers.")
    private @Nullable Integer limit;

    @Option(names = "--weight", description = "Its share of what nobody is guaranteed.")
    private @Nullable Integer weight;

    @Option(
            names = "--strict",
            arity = "1",
            paramLabel = "true|false",
            description = "Whether the limit holds at every moment, whatever happens to workers.")
    private @Nullable Boolean strict;

    @Override
    int run(DataSource dataSource, Output output) {
        if (guarantee == null && limit == null && weight == null && strict == null) {
            throw Checks.refused("queues budget", "--guarantee, --limit, --weight or --strict", "none of them");
        }
        QueueOperations queues = queues(dataSource);
        ConcurrencyBudget budget = queues.changeBudget(
                queue,
                old -> new ConcurrencyBudget(
                        Objects.requireNonNullElse(guarantee, old.guarantee()),
                        Objects.requireNonNullElse(limit, old.limit()),
                        Objects.requireNonNullElse(weight, old.weight()),
                        Objects.requireNonNullElse(strict, old.strict())));
        output.document(QueueJson.status(QueuesCommand.existing(queues, queue)));
        output.line("queue \"" + queue + "\": " + QueuesCommand.words(budget));
        return ExitCode.OK;
    }
}
