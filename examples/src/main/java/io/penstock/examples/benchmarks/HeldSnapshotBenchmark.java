package io.penstock.examples.benchmarks;

import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.penstock.job.Limits;
import io.penstock.testkit.DatabaseServer;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What an old snapshot, or a dump, does to the rate and to the disk of a queue that is worked on all the while. */
@Command(
        name = "held-snapshot",
        description = "A steady load without and with an old snapshot held open; with --dump, also during a dump.")
final class HeldSnapshotBenchmark extends Benchmark {

    private static final double SHORTEST = 0.01;
    private static final double LONGEST = 600;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration DISK_PATIENCE = Duration.ofSeconds(60);
    /** The size of "live" from which on it counts as back, relative to the healthy peak. */
    private static final double BACK = 1.5;

    @Option(
            names = "--minutes",
            defaultValue = "1",
            description = "Length of each phase, 0.01 to 600 (default: ${DEFAULT-VALUE}).")
    private double minutes;

    @Option(names = "--slots", defaultValue = "100", description = "Slots of the worker (default: ${DEFAULT-VALUE}).")
    private int slots;

    @Option(names = "--clients", defaultValue = "2", description = "Enqueuing clients (default: ${DEFAULT-VALUE}).")
    private int clients;

    @Option(names = "--dump", description = "Adds a phase in which the statements of pg_dump run in a loop.")
    private boolean dump;

    @Option(
            names = "--dump-seconds",
            defaultValue = "20",
            description =
                    "The least that a dump takes; its transaction is kept open so long (default: ${DEFAULT-VALUE}).")
    private int dumpSeconds;

    @Override
    String method() {
        return """
                Clients enqueue batches of 100 as fast as they can, but no more than 20,000 jobs ahead of one worker, whose \
                handlers do nothing. First nothing else happens; then, in the same session, a REPEATABLE READ transaction \
                that has taken its snapshot and reads no table is open from before the phase to its end.
                Rates are committed completions per window of ten seconds, or a sixth of a shorter phase; sizes are those \
                of all tables and indexes of the schema.""" + (dump ? """

                The dump is the statements of pg_dump: one snapshot, a lock in ACCESS SHARE MODE on every table, each \
                table copied out; its transaction lasts at least %d s, and the next begins at once.""".formatted(dumpSeconds) : "");
    }

    @Override
    void check() {
        if (!(minutes >= SHORTEST && minutes <= LONGEST)) {
            throw new RefusedException("--minutes: expected 0.01 to 600, was " + minutes);
        }
        Checks.within("--slots", slots, 1, Limits.SLOTS);
        Checks.within("--clients", clients, 1, 64);
        Checks.within("--dump-seconds", dumpSeconds, 0, 3_600);
    }

    @Override
    void measure(DatabaseServer server, Figures figures) throws Exception {
        Duration length = Duration.ofMillis(Math.round(minutes * 60_000));
        try (BenchDatabase database = BenchDatabase.create(server, "held")) {
            SteadyLoad load = SteadyLoad.start(database, slots, clients);
            try (load) {
                new PhaseWatch(database, load, length.compareTo(WARM_UP) < 0 ? length : WARM_UP).watch();
                figures.say("healthy phase");
                PhaseWatch.Seen healthy = new PhaseWatch(database, load, length).watch();
                figures.say("phase with a snapshot held open");
                PhaseWatch.Seen held;
                try (HeldSnapshot snapshot = HeldSnapshot.take(database)) {
                    held = new PhaseWatch(database, load, length).watch();
                    snapshot.check();
                }
                report(figures, healthy, held);
                if (dump) {
                    dump(database, load, length, healthy, figures);
                }
            }
            figures.put("jobs", load.enqueued());
            figures.mustBeZero("lost", load.lost());
            figures.mustBeZero("completed_twice", load.completedTwice());
        }
    }

    private static void report(Figures figures, PhaseWatch.Seen healthy, PhaseWatch.Seen held) {
        double median = healthy.rate().median();
        figures.put("healthy", healthy.rate());
        figures.put("held", held.rate());
        figures.put("per_minute", held.perMinute());
        figures.put("healthy_per_minute", healthy.perMinute());
        figures.put("last_over_healthy", last(held) / median);
        figures.put("held_over_healthy", held.rate().median() / median);
        figures.put("slope", Trend.of(held.rate().samples()).change());
        figures.put("healthy_slope", Trend.of(healthy.rate().samples()).change());
        sizes(figures, "healthy", healthy);
        sizes(figures, "held", held);
        figures.put("disk_over_healthy", (double) held.peakDisk() / healthy.peakDisk());
    }

    private static void sizes(Figures figures, String phase, PhaseWatch.Seen seen) {
        figures.put("disk_bytes_per_minute." + phase, seen.diskPerMinute());
        figures.put("total_disk_bytes_per_minute." + phase, seen.totalPerMinute());
        figures.put("disk_peak_bytes." + phase, seen.peakDisk());
        figures.put("live_peak_bytes." + phase, seen.peakLive());
    }

    private void dump(
            BenchDatabase database, SteadyLoad load, Duration length, PhaseWatch.Seen healthy, Figures figures)
            throws Exception {
        figures.say("phase with dumps");
        PhaseWatch.Seen during;
        long dumps;
        try (DumpLoop loop = DumpLoop.start(database, Duration.ofSeconds(dumpSeconds))) {
            during = new PhaseWatch(database, load, length).watch();
            dumps = loop.stop();
        }
        figures.put("dump", during.rate());
        figures.put("dump_per_minute", during.perMinute());
        figures.put("dump_last_over_healthy", last(during) / healthy.rate().median());
        figures.put("dumps", dumps);
        sizes(figures, "dump", during);
        figures.say("waiting for the disk, under the same load");
        double back = load.secondsUntilLiveBelow(
                (long) (BACK * healthy.peakLive()), length.compareTo(DISK_PATIENCE) < 0 ? length : DISK_PATIENCE);
        figures.put("dump_disk_back_seconds", back);
    }

    private static double last(PhaseWatch.Seen seen) {
        List<Double> perMinute = seen.perMinute();
        return perMinute.get(perMinute.size() - 1);
    }
}
