package io.penstock.admin.cli;

import io.penstock.job.Checks;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.Pause;
import io.penstock.job.QueueDefinition;
import io.penstock.job.QueueStatus;
import io.penstock.job.Retention;
import io.penstock.operate.QueueOperations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;

/** What can be done with queues. */
@Command(
        name = "queues",
        description = "Shows queues and what is in them; makes them, holds them back and lets them go on.",
        subcommands = {
            QueuesCommand.ListAll.class,
            QueuesCommand.Show.class,
            QueuesCommand.Explain.class,
            QueuesCommand.Create.class,
            QueueBudgetCommand.class,
            QueuePauseCommands.Pause.class,
            QueuePauseCommands.Resume.class,
            QueuesCommand.Drain.class
        })
public final class QueuesCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "expected a command: list, show, explain, create, budget, pause, resume or drain");
    }

    static QueueStatus existing(QueueOperations queues, String name) {
        return queues.show(name)
                .orElseThrow(() -> Checks.refused("queue " + Checks.quoted(name), "an existing queue", "none"));
    }

    static String words(QueueDefinition queue) {
        ConcurrencyBudget budget = queue.budget();
        String lending = budget.lending().toString();
        return "guarantee " + budget.guarantee() + ", limit " + budget.limit() + (budget.strict() ? " (strict)" : "")
                + ", weight " + budget.weight() + (lending.isEmpty() ? "" : ", " + lending)
                + (queue.throttles().isEmpty() ? "" : ", " + queue.throttles());
    }

    @Command(
            name = "list",
            description = {
                "Every queue with its concurrency budget and what is in it.",
                "Counts end at 10000+; DISCARDED is of the last 24 hours; HEAD is how long the first job has waited."
            })
    static final class ListAll extends DatabaseCommand {
        @Override
        int run(DataSource dataSource, Output output) {
            List<QueueStatus> all = queues(dataSource).list();
            Moments moments = new Moments(Instant.now());
            Table table =
                    new Table("QUEUE", "G/LIMIT/W", "AVAILABLE", "RUNNING", "WAITING", "DISCARDED", "HEAD", "PAUSED");
            ArrayNode nodes = Output.array();
            for (QueueStatus queue : all) {
                nodes.add(QueueJson.status(queue));
                table.row(
                        queue.definition().name(),
                        queue.definition().budget().toString(),
                        QueueStatus.counted(queue.available()),
                        QueueStatus.counted(queue.running()),
                        QueueStatus.counted(queue.waiting()),
                        QueueStatus.counted(queue.discarded()),
                        moments.relative(queue.headEligibleAt()),
                        paused(queue, moments));
            }
            output.document(nodes);
            if (all.isEmpty()) {
                output.line("no queues");
            } else {
                table.lines().forEach(output::line);
            }
            return ExitCode.OK;
        }

        private static String paused(QueueStatus queue, Moments moments) {
            Pause whole = queue.paused();
            if (whole != null) {
                return moments.relative(whole.since()) + " by " + whole.by();
            }
            return queue.pauses().isEmpty() ? "-" : queue.pauses().size() + " in part";
        }
    }

    @Command(name = "show", description = "One queue.")
    static final class Show extends DatabaseCommand {
        @Parameters(paramLabel = "QUEUE")
        private String queue = "";

        @Override
        int run(DataSource dataSource, Output output) {
            QueueStatus status = existing(queues(dataSource), queue);
            Moments moments = new Moments(Instant.now());
            output.document(QueueJson.status(status));
            output.line("queue       " + status.definition().name() + ", made " + moments.at(status.createdAt()));
            output.line("budget      " + words(status.definition()));
            output.line("keeps       completed jobs "
                    + status.definition().retention().completedDays() + " days, others "
                    + status.definition().retention().failedDays());
            output.line("available   " + QueueStatus.counted(status.available()) + ", the first since "
                    + moments.at(status.headEligibleAt()));
            output.line("running     " + QueueStatus.counted(status.running()));
            output.line("waiting     " + QueueStatus.counted(status.waiting()) + ", the next due "
                    + moments.at(status.nextDueAt()));
            output.line("discarded   " + QueueStatus.counted(status.discarded()) + " in the last 24 hours");
            status.pauses().forEach(pause -> output.line("paused      " + pause.scope() + ": " + pause.words()));
            return ExitCode.OK;
        }
    }

    @Command(name = "explain", description = "Why the first job of a queue is not running, the reason to act on first.")
    static final class Explain extends DatabaseCommand {
        @Parameters(paramLabel = "QUEUE")
        private String queue = "";

        @Override
        int run(DataSource dataSource, Output output) {
            List<String> reasons = queues(dataSource).explain(queue);
            ArrayNode node = Output.array();
            reasons.forEach(node::add);
            output.document(node);
            reasons.forEach(reason -> output.line("queue \"" + queue + "\": " + reason));
            return ExitCode.OK;
        }
    }

    @Command(
            name = "create",
            description = "Makes a queue, or changes the budget and the retention of one that is there.")
    static final class Create extends DatabaseCommand {
        @Parameters(paramLabel = "QUEUE")
        private String queue = "";

        @Option(
                names = "--guarantee",
                defaultValue = "0",
                description = "Slots of its own (default: ${DEFAULT-VALUE}).")
        private int guarantee;

        @Option(names = "--limit", defaultValue = "10", description = "Slots at most (default: ${DEFAULT-VALUE}).")
        private int limit;

        @Option(names = "--weight", defaultValue = "1", description = "Its share (default: ${DEFAULT-VALUE}).")
        private int weight;

        @Option(names = "--strict", description = "The limit holds at every moment, whatever happens to workers.")
        private boolean strict;

        @Option(
                names = "--per-key",
                defaultValue = "0",
                description = "Jobs of one concurrency key at most; 0 for no such limit (default: ${DEFAULT-VALUE}).")
        private int perKey;

        @Option(
                names = "--heavy",
                description = "It gives way while an alert is open that wakes somebody for a queue that is not heavy.")
        private boolean heavy;

        @Option(
                names = "--keep-completed",
                defaultValue = "7",
                description = "Days that completed jobs are kept (default: ${DEFAULT-VALUE}).")
        private int keepCompleted;

        @Option(
                names = "--keep-failed",
                defaultValue = "30",
                description = "Days that discarded and cancelled jobs are kept (default: ${DEFAULT-VALUE}).")
        private int keepFailed;

        @Override
        int run(DataSource dataSource, Output output) {
            QueueOperations queues = queues(dataSource);
            QueueDefinition definition = QueueDefinition.of(queue, guarantee, limit, weight)
                    .strict(strict)
                    .perKey(perKey)
                    .heavy(heavy)
                    .keeping(new Retention(keepCompleted, keepFailed));
            queues.declare(definition);
            output.document(QueueJson.status(existing(queues, queue)));
            output.line("queue \"" + queue + "\": " + words(definition));
            return ExitCode.OK;
        }
    }

    @Command(
            name = "drain",
            description = {
                "Waits until nothing of a queue is available or running, with a line when that changes.",
                "Nobody is kept from enqueueing, and jobs that are scheduled for later are not waited for."
            })
    static final class Drain extends DatabaseCommand {
        private static final Duration LOOK_EVERY = Duration.ofMillis(500);

        @Parameters(paramLabel = "QUEUE")
        private String queue = "";

        @Option(
                names = "--timeout",
                paramLabel = "SECONDS",
                defaultValue = "600",
                description = "After which it gives up with status 1 (default: ${DEFAULT-VALUE}).")
        private int timeout;

        @Override
        int run(DataSource dataSource, Output output) {
            Checks.within("--timeout", timeout, 0, 86_400);
            QueueOperations queues = queues(dataSource);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeout);
            String told = "";
            while (true) {
                QueueStatus status = existing(queues, queue);
                boolean drained = status.available() == 0 && status.running() == 0;
                boolean late = System.nanoTime() >= deadline;
                String left = QueueStatus.counted(status.available()) + " available, "
                        + QueueStatus.counted(status.running()) + " running";
                if (drained || late) {
                    output.document(QueueJson.status(status).put("drained", drained));
                    output.line("queue \"" + queue + "\": "
                            + (drained ? "drained" : "not drained after " + timeout + " s, " + left));
                    return drained ? ExitCode.OK : ExitCode.FAILED;
                }
                if (!left.equals(told)) {
                    output.remark("queue \"" + queue + "\": " + left
                            + (status.paused() == null ? "" : "; it is paused, so nothing more is started"));
                    told = left;
                }
                LockSupport.parkNanos(LOOK_EVERY.toNanos());
            }
        }
    }
}
