package io.penstock.examples.benchmarks;

import io.penstock.examples.replay.ReplayCommand;
import io.penstock.examples.simulate.SimulateCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The benchmarks, one sub-command each. */
@Command(
        name = "bench",
        description = {
            "Measures Penstock against what the same machine can do without it, side by side in one run.",
            "Starts a PostgreSQL of its own unless PENSTOCK_DATABASE_URL is set; there it makes databases named",
            "penstock_bench_... and drops them."
        },
        subcommands = {
            DrainBenchmark.class,
            EnqueueBenchmark.class,
            HeldSnapshotBenchmark.class,
            BacklogBenchmark.class,
            HostCommitBenchmark.class,
            LatencyBenchmark.class,
            IdleBenchmark.class,
            ParkedBenchmark.class,
            IsolationBenchmark.class,
            ObjectivesBenchmark.class,
            SimulateCommand.class,
            ReplayCommand.class
        })
public final class Bench implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "expected a benchmark: " + String.join(", ", spec.subcommands().keySet()));
    }
}
