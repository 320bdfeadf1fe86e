package io.penstock.examples.benchmarks;

import io.penstock.job.Checks;
import io.penstock.testkit.DatabaseServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What it costs the other keys of a queue that very many jobs of one are parked in front of them. */
@Command(name = "parked", description = "Runs jobs of other keys with and without parked jobs of a full key in front.")
final class ParkedBenchmark extends Benchmark {

    private static final String NONE = "none";
    private static final String PARKED = "parked";

    @Option(
            names = "--parked",
            defaultValue = "100000",
            description = "Parked jobs of the full key (default: ${DEFAULT-VALUE}).")
    private int parked;

    @Option(
            names = "--jobs",
            defaultValue = "2000",
            description = "Jobs of other keys in each measurement (default: ${DEFAULT-VALUE}).")
    private int jobs;

    @Option(
            names = "--rounds",
            defaultValue = "7",
            description = "Measurements of each side (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Override
    String method() {
        return """
                Two databases, each with a queue that runs one job of a key at a time, and a worker of 32 slots. In both, one job of \
                one key runs as long as the benchmark does; in one, very many more of that key stand in line before anything else, and \
                are parked before the measurements begin. Then, in turn, jobs of 500 other keys are enqueued in one transaction and run \
                by handlers that do nothing.
                Figures are jobs per second from that commit to the last completion; a ratio of 1 means that parked jobs cost nothing.""";
    }

    @Override
    void check() {
        Checks.within("--parked", parked, 1, 10_000_000);
        Checks.within("--jobs", jobs, 1, 1_000_000);
        Checks.within("--rounds", rounds, 1, 1_000);
    }

    @Override
    void measure(DatabaseServer server, Figures figures) throws Exception {
        try (ParkedQueue none = new ParkedQueue(BenchDatabase.create(server, NONE));
                ParkedQueue many = new ParkedQueue(BenchDatabase.create(server, PARKED))) {
            none.occupy(0);
            figures.put("seconds_until_parked", many.occupy(parked));
            Sides sides = new Sides()
                    .add(NONE, round -> none.jobsPerSecond(jobs))
                    .add(PARKED, round -> many.jobsPerSecond(jobs));
            sides.measure(1);
            Measured measured = sides.measure(rounds);
            figures.put("jobs_per_second.none", measured.of(NONE));
            figures.put("jobs_per_second.parked", measured.of(PARKED));
            figures.put("parked_over_none", measured.ratio(PARKED, NONE));
            figures.put("still_parked", many.parked());
        }
    }
}
