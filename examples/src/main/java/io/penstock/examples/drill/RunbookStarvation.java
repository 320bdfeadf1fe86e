package io.penstock.examples.drill;

import io.penstock.admin.cli.ExitCode;
import io.penstock.examples.demo.Screen;
import io.penstock.examples.demo.StarvationRun;
import io.penstock.examples.demo.StarvationRun.Told;
import io.penstock.examples.replay.Replay;
import io.penstock.examples.replay.Scenario;
import io.penstock.examples.setup.FiguresFile;
import io.penstock.examples.setup.TemporaryDatabase;
import io.penstock.objective.Condition.Rule;
import io.penstock.testkit.DatabaseServer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Ingestion starves runbook steps on one queue, and nobody looks at latency. */
@Command(
        name = "runbook-starvation",
        description = {
            "The demo's rates on one shared queue, and on queues with a guarantee: when is somebody told that steps will be late,",
            "and that they are. Then hours of healthy bursts on a virtual clock, for which nobody should be told of anything.",
            "Takes about three minutes. Starts a PostgreSQL of its own unless PENSTOCK_DATABASE_URL is set."
        })
final class RunbookStarvation implements Callable<Integer> {

    private static final double FRESH_LIMIT = 120;
    private static final double AFTER_AN_HOUR_LIMIT = 540;
    private static final double HOUR = 3_600;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--seed", defaultValue = "1", description = "Fixes all input (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--seconds",
            defaultValue = "75",
            description = "Of load on each of the two (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures to a file.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        FiguresFile.check(json);
        PrintWriter out = spec.commandLine().getOut();
        Measures measures = new Measures("runbook-starvation");
        Screen screen = new Screen(System.out, false);
        try (DatabaseServer server = TemporaryDatabase.server(false)) {
            Told naive = StarvationRun.naive(server, seed, Duration.ofSeconds(seconds), screen);
            Told ours = StarvationRun.penstock(server, seed, Duration.ofSeconds(seconds), screen);
            measure(measures, naive, ours);
        }
        simulate(measures);
        out.println(
                "\nSeconds from the beginning of the load, by the database's clock; those named virtual on a virtual clock, where naive is a");
        out.println("fixed threshold of depth. The growth alert's limit is the first missed deadline.");
        measures.show(out);
        if (json != null) {
            measures.write(json);
        }
        return measures.held() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static void measure(Measures measures, Told naive, Told ours) {
        double growth = naive.alert(Rule.GROWTH.word());
        double burn = naive.alert(Rule.BURN.word());
        double late = naive.firstLateAfter();
        measures.add("growth_alert_after_s", growth, ours.alert(Rule.GROWTH.word()), late, growth < late);
        measures.add(
                "latency_alert_after_s",
                burn,
                ours.alert(Rule.BURN.word()),
                late + FRESH_LIMIT,
                burn >= late && burn <= late + FRESH_LIMIT);
        measures.add("first_missed_deadline_after_s", late, ours.firstLateAfter(), Double.NaN, Double.isFinite(late));
        measures.add(
                "steps_in_time",
                naive.attainment(),
                ours.attainment(),
                StarvationRun.TARGET,
                naive.attainment() < StarvationRun.TARGET && ours.attainment() >= StarvationRun.TARGET);
    }

    private void simulate(Measures measures) {
        Replay overload = Replay.of(Scenario.STEP_OVERLOAD, seed);
        double late = overload.firstLateAfter(Scenario.ONSET) - Scenario.ONSET;
        double growth = overload.pagedAfter(Rule.GROWTH.word(), Scenario.ONSET);
        double burn = overload.pagedAfter(Rule.BURN.word(), Scenario.ONSET);
        measures.add("virtual_growth_alert_after_s", Double.NaN, growth, late, growth < late);
        measures.add(
                "virtual_latency_alert_after_s",
                Double.NaN,
                burn,
                late + AFTER_AN_HOUR_LIMIT,
                burn <= late + AFTER_AN_HOUR_LIMIT);
        Replay stall = Replay.of(Scenario.TOTAL_STALL, seed);
        double stalled = stall.pagedAfter(Rule.STARVATION.word(), Scenario.ONSET);
        measures.add("virtual_stall_alert_after_s", Double.NaN, stalled, FRESH_LIMIT, stalled <= FRESH_LIMIT);
        bursts(measures, "virtual_pages_low_traffic", Scenario.HEALTHY_BURSTS_LOW);
        bursts(measures, "virtual_pages_high_traffic", Scenario.HEALTHY_BURSTS_HIGH);
    }

    private void bursts(Measures measures, String name, Scenario scenario) {
        Replay bursts = Replay.of(scenario, seed, HOUR);
        int byDepth = bursts.pages(Replay.DEPTH).size();
        measures.add(name, byDepth, bursts.pages(), 0, bursts.pages() == 0 && byDepth > 0);
    }
}
