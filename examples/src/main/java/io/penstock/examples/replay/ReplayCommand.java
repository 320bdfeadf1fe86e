package io.penstock.examples.replay;

import io.penstock.error.RefusedException;
import io.penstock.examples.setup.FiguresFile;
import io.penstock.objective.Condition.Rule;
import io.penstock.objective.Tally;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Every rule in every scenario. */
@Command(
        name = "replay",
        description = {
            "What the alert rules make of two hours of arrivals, made up or recorded, on a virtual clock.",
            "Needs no database. The same seed gives the same figures."
        })
public final class ReplayCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--seed", defaultValue = "1", description = "Of everything random (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--arrivals",
            paramLabel = "FILE",
            description = "Arrivals that were recorded: a line each, in seconds from any beginning, in order.")
    private @Nullable Path arrivals;

    @Option(
            names = "--within",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "What is promised of recorded arrivals (default: ${DEFAULT-VALUE}).")
    private int within;

    @Option(
            names = "--run",
            paramLabel = "SECONDS",
            defaultValue = "0.5",
            description = "How long recorded jobs run on average (default: ${DEFAULT-VALUE}).")
    private double run;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures to a file.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException {
        FiguresFile.check(json);
        PrintWriter out = spec.commandLine().getOut();
        ObjectNode root = JSON.createObjectNode().put("benchmark", "replay").put("seed", seed);
        ArrayNode rows = root.putArray("rows");
        if (arrivals == null) {
            out.printf(
                    "Ten slots, jobs of half a second; two hours, of which the second goes wrong in the later ones. A page is false if no job is%n"
                            + "late within five minutes. Seconds from the first late job after the onset to the page; negative: before it.%n");
            for (Scenario scenario : Scenario.values()) {
                double from = scenario.healthy() ? 0 : Scenario.ONSET;
                show(word(scenario), scenario.words, Replay.of(scenario, seed), from, rows, out);
            }
        } else {
            Random random = new Random(seed);
            Replay replay =
                    new Replay(Duration.ofSeconds(within), random, at -> -Math.log(1 - random.nextDouble()) * run);
            List<Double> recorded = read(arrivals);
            replay.play(recorded, Math.ceil(recorded.get(recorded.size() - 1)) + 600);
            show("recorded", recorded.size() + " arrivals", replay, 0, rows, out);
        }
        if (json != null) {
            Files.writeString(json, root.toPrettyString() + "\n");
        }
        return CommandLine.ExitCode.OK;
    }

    private static void show(String name, String words, Replay replay, double from, ArrayNode rows, PrintWriter out) {
        Tally jobs = replay.jobs();
        out.printf("%n%s: %s; %d jobs, %d late%n", name, words, jobs.total(), jobs.bad());
        List<String> rules = new ArrayList<>();
        for (Rule rule : Rule.values()) {
            if (rule != Rule.FRESHNESS) {
                rules.add(rule.word());
            }
        }
        rules.add(Replay.DEPTH);
        for (String rule : rules) {
            double late = replay.firstLateAfter(from);
            double paged = from + replay.pagedAfter(rule, from);
            boolean timed = Double.isFinite(late) && !Double.isNaN(paged);
            out.printf(
                    Locale.ROOT,
                    "  %-14s %4d pages, %4d false%s%n",
                    rule,
                    replay.pages(rule).size(),
                    replay.falsePages(rule),
                    timed ? String.format(Locale.ROOT, ", after %.0f s", paged - late) : "");
            ObjectNode row = rows.addObject()
                    .put("scenario", name)
                    .put("rule", rule)
                    .put("pages", replay.pages(rule).size())
                    .put("false_pages", replay.falsePages(rule));
            if (timed) {
                row.put("seconds_to_page", paged - late);
            }
        }
        out.flush();
    }

    private static List<Double> read(Path file) throws IOException {
        List<Double> read = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank()) {
                continue;
            }
            try {
                read.add(Double.parseDouble(line.strip()));
            } catch (NumberFormatException wrong) {
                throw new RefusedException(
                        "--arrivals line " + (read.size() + 1) + ": expected seconds, was \"" + line + "\"", wrong);
            }
        }
        if (read.isEmpty()) {
            throw new RefusedException("--arrivals: expected at least one line, was none");
        }
        double first = read.get(0);
        List<Double> sorted = new ArrayList<>(read);
        sorted.replaceAll(at -> at - first);
        sorted.sort(null);
        return sorted;
    }

    private static String word(Scenario scenario) {
        return scenario.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
