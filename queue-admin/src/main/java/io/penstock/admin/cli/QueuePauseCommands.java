package io.penstock.admin.cli;

import io.penstock.job.PauseScope;
import io.penstock.operate.QueueOperations;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Holds queues and parts of them back, and lets them go on. */
final class QueuePauseCommands {

    private QueuePauseCommands() {}

    /** A type or a key; the whole queue if neither is given. */
    static final class Part {
        @Option(names = "--type", description = "Only jobs of this type.")
        private @Nullable String type;

        @Option(names = "--key", description = "Only jobs of this concurrency key.")
        private @Nullable String key;

        static PauseScope scope(@Nullable Part part) {
            if (part != null && part.type != null) {
                return PauseScope.type(part.type);
            }
            return part != null && part.key != null ? PauseScope.key(part.key) : PauseScope.queue();
        }
    }

    @Command(
            name = "pause",
            description = {
                "Holds a queue back, or its jobs of one type or key: what runs goes on, nothing more is started.",
                "Workers know within two seconds. Jobs of a paused type or key are parked when they come up in line."
            })
    static final class Pause extends DatabaseCommand {
        @Parameters(paramLabel = "QUEUE")
        private String queue = "";

        @ArgGroup
        private @Nullable Part part;

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for whoever comes by.")
        private @Nullable String reason;

        @Option(names = "--minutes", description = "After which it goes on by itself; else when it is resumed.")
        private @Nullable Integer minutes;

        @Override
        int run(DataSource dataSource, Output output) {
            QueueOperations queues = queues(dataSource);
            PauseScope scope = Part.scope(part);
            Duration lasting = minutes == null ? null : Duration.ofMinutes(minutes);
            boolean changed = queues.pause(queue, scope, who(), reason, lasting);
            output.document(QueueJson.status(QueuesCommand.existing(queues, queue)));
            output.line(line(queue, scope, changed ? "paused" : "was paused already"));
            return ExitCode.OK;
        }
    }

    @Command(name = "resume", description = "Lets a paused queue go on, or its jobs of one type or key.")
    static final class Resume extends DatabaseCommand {
        @Parameters(paramLabel = "QUEUE")
        private String queue = "";

        @ArgGroup
        private @Nullable Part part;

        @Override
        int run(DataSource dataSource, Output output) {
            QueueOperations queues = queues(dataSource);
            PauseScope scope = Part.scope(part);
            boolean changed = queues.resume(queue, scope);
            output.document(QueueJson.status(QueuesCommand.existing(queues, queue)));
            output.line(line(queue, scope, changed ? "resumed" : "was not paused"));
            return ExitCode.OK;
        }
    }

    private static String line(String queue, PauseScope scope, String what) {
        return "queue \"" + queue + "\": " + (scope.kind() == PauseScope.Kind.QUEUE ? "" : scope + " ") + what;
    }
}
