package io.penstock.admin.cli;

import io.penstock.job.Checks;
import io.penstock.objective.LateCause;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.objective.ObjectiveStatus.Verdict;
import io.penstock.objective.Spans;
import io.penstock.objective.Tally;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How objectives are kept. */
@Command(
        name = "slo",
        description = {
            "Every objective: how it was kept in the last hour and over its period, what is left of its error budget, how fast",
            "that is used (1: as fast as allowed), and where its queue is going.",
            "Exit status 0: all are kept; 1: one is at risk; 2: one is missed."
        },
        subcommands = SloExportCommand.class)
public final class SloCommand extends DatabaseCommand {

    private static final int AT_RISK = 1;
    private static final int MISSED = 2;
    private static final Duration EVERY = Duration.ofSeconds(2);

    @Option(
            names = "--watch",
            paramLabel = "TIMES",
            arity = "0..1",
            defaultValue = "1",
            fallbackValue = "1000000",
            description = "Shows it again every two seconds, for ever or so many times.")
    private int times;

    @Override
    int run(DataSource dataSource, Output output) {
        Checks.within("--watch", times, 1, 1_000_000);
        int status = ExitCode.OK;
        for (int time = 0; time < times; time++) {
            if (time > 0) {
                LockSupport.parkNanos(EVERY.toNanos());
                output.line("");
            }
            status = show(objectives(dataSource).list(), output);
            output.flush();
        }
        return status;
    }

    private static int show(List<ObjectiveStatus> all, Output output) {
        Table table = new Table(
                "OBJECTIVE",
                "PROMISE",
                "TARGET",
                "1 H",
                "PERIOD",
                "LEFT",
                "BURN",
                "HEAD",
                "GROWTH",
                "BREACH",
                "VERDICT");
        ArrayNode nodes = Output.array();
        int status = ExitCode.OK;
        for (ObjectiveStatus each : all) {
            nodes.add(json(each));
            table.row(
                    each.objective().subject(),
                    each.objective().promise(),
                    percent(each.objective().target()),
                    attainment(each.hour()),
                    attainment(each.period()),
                    each.period().total() == 0 ? "-" : percent(each.errorBudgetLeft()),
                    each.hour().total() == 0 ? "-" : number(each.burn()),
                    each.depth() == 0 ? "-" : Spans.words(each.headAge()),
                    number(each.growth()) + "/s",
                    Spans.words(each.timeToBreach()),
                    word(each.verdict()) + (each.drifted() ? ", not as declared" : ""));
            status = Math.max(status, status(each.verdict()));
        }
        output.document(nodes);
        if (all.isEmpty()) {
            output.line("no objectives; penstock objectives set QUEUE --within MILLISECONDS makes one");
        } else {
            table.lines().forEach(output::line);
            all.stream()
                    .filter(each -> !each.lateBecause().isEmpty())
                    .forEach(each -> output.line(each.objective().subject() + ": jobs that were late in the last hour "
                            + because(each.lateBecause())));
        }
        return status;
    }

    private static int status(Verdict verdict) {
        return switch (verdict) {
            case MISSED -> MISSED;
            case AT_RISK -> AT_RISK;
            default -> ExitCode.OK;
        };
    }

    static ObjectNode json(ObjectiveStatus status) {
        ObjectNode node = Output.object()
                .put("queue", status.objective().queue())
                .put("type", status.objective().type())
                .put("kind", status.objective().kind())
                .put("promise", status.objective().promise())
                .put("target", status.objective().target())
                .put("days", status.objective().days())
                .put("drifted", status.drifted())
                .put("verdict", word(status.verdict()))
                .put("burn", status.burn())
                .put("error_budget_left", status.errorBudgetLeft())
                .put("depth", status.depth())
                .put("head_age_s", status.headAge())
                .put("growth_per_s", status.growth())
                .put("slots_needed", status.slotsNeeded());
        node.putObject("hour")
                .put("total", status.hour().total())
                .put("good", status.hour().good());
        node.putObject("period")
                .put("total", status.period().total())
                .put("good", status.period().good());
        ObjectNode because = node.putObject("late_because");
        status.lateBecause().forEach((cause, part) -> because.put(cause.word(), part));
        finite(node, "predicted_wait_s", status.predictedWait());
        finite(node, "time_to_breach_s", status.timeToBreach());
        return node;
    }

    /** The most first, in parts of a hundred. */
    private static String because(Map<LateCause, Double> parts) {
        return parts.entrySet().stream()
                .filter(part -> part.getValue() >= 0.005)
                .sorted(Map.Entry.<LateCause, Double>comparingByValue().reversed())
                .map(part -> String.format(
                        Locale.ROOT, "%s for %.0f%%", part.getKey().words(), 100 * part.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static void finite(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        } else {
            node.putNull(name);
        }
    }

    private static String attainment(Tally tally) {
        return tally.total() == 0 ? "-" : percent(tally.attainment());
    }

    /** Digits that matter: 99.95 is not 100. */
    private static String percent(double part) {
        String text = String.format(Locale.ROOT, "%.3f", Math.floor(part * 1e5 + 1e-6) / 1e3);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") + "%" : text + "%";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value == 0 ? 0.0 : value);
    }

    private static String word(Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
