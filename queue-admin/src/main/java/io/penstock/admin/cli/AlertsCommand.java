package io.penstock.admin.cli;

import io.penstock.job.Checks;
import io.penstock.objective.Alert;
import io.penstock.objective.AlertRoute;
import io.penstock.objective.Severity;
import io.penstock.operate.AlertOperations;
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
        description = "Shows what is wrong, or was; tells nobody of it for a while; sends it on.",
        subcommands = {AlertsCommand.ListAll.class, AlertsCommand.Silence.class, AlertsCommand.Route.class})
public final class AlertsCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "expected a command: list, silence or route");
    }

    @Command(name = "list", description = "Alerts, the newest first. Exit status 1 if one that wakes somebody is open.")
    static final class ListAll extends DatabaseCommand {
        @Option(names = "--all", description = "Also those that are over.")
        private boolean all;

        @Option(names = "-n", defaultValue = "50", description = "At most so many (default: ${DEFAULT-VALUE}).")
        private int most;

        @Override
        int run(DataSource dataSource, Output output) {
            List<Alert> alerts = alerts(dataSource).list(!all, most);
            Moments moments = new Moments(Instant.now());
            ArrayNode nodes = Output.array();
            boolean page = false;
            for (Alert alert : alerts) {
                boolean open = alert.resolvedAt() == null;
                page |= open && alert.severity() == Severity.PAGE;
                nodes.addObject()
                        .put("key", alert.key())
                        .put("rule", alert.rule())
                        .put("severity", alert.severity().word())
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

        @Option(
                names = "--from",
                paramLabel = "TIME",
                description = "When it begins, as 2026-01-01T02:00:00Z (default: now).")
        private @Nullable Instant from;

        @Option(names = "--reason", description = "Why.")
        private @Nullable String reason;

        @Override
        int run(DataSource dataSource, Output output) {
            alerts(dataSource).silence(pattern, from, Duration.ofSeconds(seconds), who(), reason);
            output.document(Output.object()
                    .put("pattern", pattern)
                    .put("from", from == null ? null : from.toString())
                    .put("seconds", seconds));
            output.line("alerts like " + pattern + ": silenced for " + seconds + " s"
                    + (from == null ? "" : " from " + from + " on"));
            return ExitCode.OK;
        }
    }

    @Command(
            name = "route",
            description = {
                "Sends alerts on: each that opens or ends becomes a job of a queue, and whoever handles its type delivers it.",
                "Without a name, shows the routes."
            })
    static final class Route extends DatabaseCommand {
        @Parameters(paramLabel = "NAME", arity = "0..1", description = "What the route is called.")
        private @Nullable String name;

        @Option(names = "--queue", description = "Of the jobs; give it a guarantee.")
        private @Nullable String queue;

        @Option(
                names = "--type",
                defaultValue = "penstock.alert",
                description = "Of the jobs (default: ${DEFAULT-VALUE}).")
        private String type = "";

        @Option(
                names = "--match",
                paramLabel = "PATTERN",
                defaultValue = "%",
                description = "Of keys, %% for anything: %%/page/%%. All of them unless given.")
        private String match = "";

        @Option(
                names = "--format",
                paramLabel = "penstock|alertmanager",
                defaultValue = "penstock",
                description = "What the payload is (default: ${DEFAULT-VALUE}).")
        private String format = "";

        @Option(names = "--link", description = "For people, with {queue} and {key} in it.")
        private @Nullable String link;

        @Option(names = "--remove", description = "Removes it.")
        private boolean remove;

        @Override
        int run(DataSource dataSource, Output output) {
            AlertOperations operations = alerts(dataSource);
            if (name != null && remove) {
                boolean removed = operations.removeRoute(name);
                output.document(Output.object().put("name", name).put("removed", removed));
                output.line("alert route \"" + name + "\": " + (removed ? "removed" : "there is none"));
                return removed ? ExitCode.OK : ExitCode.FAILED;
            }
            if (name != null) {
                if (queue == null) {
                    throw Checks.refused("alerts route", "--queue, or --remove", "neither");
                }
                operations.route(new AlertRoute(name, queue, type, match, format(format), link));
            }
            ArrayNode nodes = Output.array();
            List<AlertRoute> routes = operations.routes();
            for (AlertRoute route : routes) {
                nodes.addObject()
                        .put("name", route.name())
                        .put("queue", route.queue())
                        .put("type", route.type())
                        .put("match", route.pattern())
                        .put("format", route.format().name().toLowerCase(Locale.ROOT))
                        .put("link", route.link());
                output.line("alert route \"" + route.name() + "\": those like " + route.pattern() + " become jobs \""
                        + route.type() + "\" of queue \"" + route.queue() + "\"");
            }
            output.document(nodes);
            if (routes.isEmpty()) {
                output.line("no alert routes");
            }
            return ExitCode.OK;
        }

        private static AlertRoute.Format format(String word) {
            return switch (word) {
                case "penstock" -> AlertRoute.Format.PENSTOCK;
                case "alertmanager" -> AlertRoute.Format.ALERTMANAGER;
                default -> throw Checks.refused("--format", "penstock or alertmanager", Checks.quoted(word));
            };
        }
    }
}
