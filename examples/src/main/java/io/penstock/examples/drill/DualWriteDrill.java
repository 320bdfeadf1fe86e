package io.penstock.examples.drill;

import io.penstock.admin.cli.ExitCode;
import io.penstock.examples.drill.DualWriteRun.Result;
import io.penstock.examples.setup.FiguresFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The commit on A fails, and something stays open on B. */
@Command(
        name = "dual-write",
        description = {
            "Writes to two clusters, A and B: 20 tenants, 50 writes a second. A's commit fails for tenant 7, in six forms. The naive",
            "writer has both transactions open, bounds nothing and tries for ever; Penstock commits on A and mirrors to B. Later the",
            "cause is taken away, and no session is ended for that. Takes nine minutes. Starts two PostgreSQL of its own."
        })
final class DualWriteDrill implements Callable<Integer> {

    private static final double LOCK_SECONDS = 5;
    private static final double WAITING = TwoClusters.POOL / 4.0;
    private static final double P99_TIMES = 2;
    private static final double ERRORS_PERCENT = 0.1;
    private static final double EQUAL_SECONDS = 30;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Fixes the order of tenants (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--seconds",
            defaultValue = "40",
            description = "Of each writer in each form, at least 8 (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--forms",
            split = ",",
            description = "Only these, from 1 to 6, with commas between (default: all).")
    private @Nullable List<Integer> forms;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures to a file.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        FiguresFile.check(json);
        Duration length = Duration.ofSeconds(Math.max(8, seconds));
        PrintWriter out = spec.commandLine().getOut();
        Measures measures = new Measures("dual-write");
        try (TwoClusters clusters = new TwoClusters()) {
            for (Form form : Form.values()) {
                if (forms == null || forms.contains(form.ordinal() + 1)) {
                    out.println(form.words());
                    out.flush();
                    measure(
                            measures,
                            form,
                            DualWriteRun.of(clusters, form, true, seed, length),
                            DualWriteRun.of(clusters, form, false, seed, length));
                }
            }
        }
        out.println(
                "\nThe p99 is of the other tenants, since the fault, as so many times of what it was before; errors after are in per cent, of all");
        out.println(
                "tenants, from a quarter of the time after the cause was taken away; equal is how long after the last write both have the same.");
        measures.show(out);
        if (json != null) {
            measures.write(json);
        }
        return measures.held() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static void measure(Measures measures, Form form, Result naive, Result ours) {
        String key = form.key();
        add(measures, key + "_lock_on_b_s", naive.lockOnB(), ours.lockOnB(), LOCK_SECONDS);
        add(measures, key + "_waiting_for_rows", naive.waiting(), ours.waiting(), WAITING);
        add(measures, key + "_errors_of_others", naive.errorsOfOthers(), ours.errorsOfOthers(), 0);
        add(measures, key + "_p99_times", times(naive), times(ours), P99_TIMES);
        add(
                measures,
                key + "_errors_after_percent",
                naive.errorsAfterPercent(),
                ours.errorsAfterPercent(),
                ERRORS_PERCENT);
        add(measures, key + "_equal_after_s", naive.equalAfter(), ours.equalAfter(), EQUAL_SECONDS);
        add(measures, key + "_writes_not_once", naive.notOnce(), ours.notOnce(), 0);
        int missed = missed(naive);
        measures.add(key + "_criteria_missed", missed, missed(ours), 0, missed > 0 && missed(ours) == 0);
    }

    private static void add(Measures measures, String name, double naive, double ours, double limit) {
        measures.add(name, naive, ours, limit, ours <= limit);
    }

    private static double times(Result result) {
        return result.p99Since() / result.p99Before();
    }

    private static int missed(Result result) {
        double[][] measured = {
            {result.lockOnB(), LOCK_SECONDS},
            {result.waiting(), WAITING},
            {result.errorsOfOthers(), 0},
            {times(result), P99_TIMES},
            {result.errorsAfterPercent(), ERRORS_PERCENT},
            {result.equalAfter(), EQUAL_SECONDS},
            {result.notOnce(), 0}
        };
        int missed = 0;
        for (double[] measure : measured) {
            if (!(measure[0] <= measure[1])) {
                missed++;
            }
        }
        return missed;
    }
}
