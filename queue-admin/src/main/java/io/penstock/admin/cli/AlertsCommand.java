package io.penstock.admin.cli;

import io.penstock.objective.Alert;
import io.penstock.objective.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;

/** What is wrong. */
@Command(
        name = "alerts",
        description = "Shows what is wrong, or was; tells nobody of it for a while.",
        subcommands = {AlertsCommand.ListAll.class, AlertsCommand.Silence.class})
public final class AlertsCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "expected a command: list or silence");
    }

    @Command(name = "list", description = "Alerts, the newest first. Exit status 1 if one that wakes somebody is open.")
    static final class ListAll extends DatabaseCommand {
        @Option(names = "--all", description = "Also those that are over.")
        private boolean all;

        @Option(names = "-n", defaultValue = "50", description = "At most so many (default: ${DEFAULT-VALUE}).")
        private int most;

        @Override
        int run(DataSource dataSource, Output output) {
            List<Alert> alerts = objectives(dataSource).alerts(!all, most);
            Moments moments = new Moments(Instant.now());
            ArrayNode nodes = Output.array();
            boolean page = false;
            for (Alert alert : alerts) {
                boolean open = alert.resolvedAt() == null;
                page |= open && alert.severity() == Severity.PAGE;
                nodes.addObject()
                        .put("key", alert.key())
                        .put("rule", alert.rule())
                        .put("severity", alert.severity().name().toLowerCase(Locale.ROOT))
                        .put("subject", alert.subject())
                        .put("sentence", alert.sentence())
                        .put("advice", alert.advice())
                        .put("opened_at", alert.openedAt().toString())
                        .put("resolved_at", open ? null : String.valueOf(alert.resolvedAt()))
                        .put("silenced", alert.silenced());
                output.line((open ? "" : "over: ") + alert.key() + ", " + moments.relative(alert.openedAt())
                        + (alert.silenced() ? ", silenced" : ""));
                output.line("  " + alert.sentence());
                output.line("  " + alert.advice());
            }
            output.document(nodes);
            if (alerts.isEmpty()) {
                output.line(all ? "no alerts" : "no open alerts");
            }
            return page ? ExitCode.FAILED : ExitCode.OK;
        }
    }

    @Command(
            name = "silence",
            description =
                    "Tells nobody of alerts that open in the next while, such as during maintenance; they are kept.")
    static final class Silence extends DatabaseCommand {
        @Parameters(paramLabel = "PATTERN", description = "Of keys, %% for anything: growth/page/mail%%.")
        private String pattern = "";

        @Option(names = "--seconds", required = true, description = "For how long.")
        private long seconds;

        @Option(names = "--reason", description = "Why.")
        private @Nullable String reason;

        @Override
        int run(DataSource dataSource, Output output) {
            objectives(dataSource).silence(pattern, Duration.ofSeconds(seconds), who(), reason);
            output.document(Output.object().put("pattern", pattern).put("seconds", seconds));
            output.line("alerts like " + pattern + ": silenced for " + seconds + " s");
            return ExitCode.OK;
        }
    }
}
