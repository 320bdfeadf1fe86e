package io.penstock.examples.simulate;

import io.penstock.examples.setup.FiguresFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
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

/** Every scheme under every load. */
@Command(
        name = "simulate",
        description = {
            "What a critical queue waits for beside two heavy ones under schemes of sharing slots, on a virtual clock.",
            "Needs no database. The same seed gives the same figures."
        })
public final class SimulateCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--seed", defaultValue = "1", description = "Of everything random (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures to a file.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException {
        FiguresFile.check(json);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%d slots. Two queues without a guarantee are full of heavy jobs, of weight 4 and 1; from second %.0f to %.0f a queue with a%n"
                        + "guarantee of %d has jobs of 0.5 s. Waits in seconds; slots over capacity, owed and idle on average; rest: jobs of the lighter queue.%n",
                Scheme.CAPACITY, Simulation.CRITICAL_FROM, Simulation.END, Scheme.GUARANTEE);
        ObjectNode root = JSON.createObjectNode().put("benchmark", "simulate").put("seed", seed);
        ArrayNode rows = root.putArray("rows");
        for (HeavyJobs heavy : HeavyJobs.values()) {
            for (int workers : new int[] {1, 3}) {
                for (ArrivalPattern arrivals : ArrivalPattern.values()) {
                    compare(heavy, workers, arrivals, rows, out);
                }
            }
        }
        if (json != null) {
            Files.writeString(json, root.toPrettyString() + "\n");
        }
        return CommandLine.ExitCode.OK;
    }

    private void compare(HeavyJobs heavy, int workers, ArrivalPattern arrivals, ArrayNode rows, PrintWriter out) {
        String pattern = arrivals.name().toLowerCase(Locale.ROOT);
        out.printf(
                "%nheavy jobs of %s, %s, %s%n",
                heavy.title, workers == 1 ? "one worker" : workers + " workers", pattern);
        out.println("                       p50     p99     max   before  utilised    over    owed    idle    rest");
        for (Scheme scheme : Scheme.values()) {
            Outcome outcome = new Simulation(scheme, heavy, workers, arrivals, seed).run();
            out.printf(
                    Locale.ROOT,
                    "%-19s %7.3f %7.3f %7.3f %7.2f %7.2f %9.2f %7.2f %7.2f %7d%n",
                    scheme.title,
                    outcome.quantile(0.5),
                    outcome.quantile(0.99),
                    outcome.quantile(1.0),
                    outcome.utilisationBefore(),
                    outcome.utilisation(),
                    outcome.overCommitted(),
                    outcome.deficit(),
                    outcome.stranded(),
                    outcome.done(Scheme.REST));
            rows.addObject()
                    .put("heavy", heavy.title)
                    .put("workers", workers)
                    .put("arrivals", pattern)
                    .put("scheme", scheme.title)
                    .put("wait_p50", outcome.quantile(0.5))
                    .put("wait_p99", outcome.quantile(0.99))
                    .put("wait_max", outcome.quantile(1.0))
                    .put("utilisation_before", outcome.utilisationBefore())
                    .put("utilisation", outcome.utilisation())
                    .put("over_committed", outcome.overCommitted())
                    .put("deficit", outcome.deficit())
                    .put("stranded", outcome.stranded())
                    .put("rest_done", outcome.done(Scheme.REST));
        }
        out.flush();
    }
}
