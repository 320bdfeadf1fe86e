package io.penstock.examples.demo;

import io.penstock.examples.demo.JobFigures.Latency;
import java.util.Locale;

/** The report for people: one sentence, then a table per phase. */
record ReportText(DemoReport report) {

    String sentence() {
        return "With the same " + Workload.SLOTS + " slots under the same flood, a runbook step took at p99 "
                + Figures.milliseconds(p99(Phase.ALONE)) + " alone, " + compared(Phase.SHARED)
                + " in one shared queue, " + compared(Phase.POOLS) + " in hard pools that left "
                + Figures.percent(1 - report.phase(Phase.POOLS).utilisation()) + " of the slots idle, and "
                + compared(Phase.PENSTOCK) + " with Penstock, which left "
                + Figures.percent(Math.max(0, 1 - report.phase(Phase.PENSTOCK).utilisation())) + " idle.";
    }

    String tables() {
        StringBuilder text = new StringBuilder();
        for (Phase phase : Phase.values()) {
            table(text, phase, report.phase(phase));
        }
        return text.toString();
    }

    private double p99(Phase phase) {
        return report.phase(phase).runbook().total().p99();
    }

    private String compared(Phase phase) {
        return Figures.milliseconds(p99(phase)) + " (" + Figures.ratio(report.overAlone(phase)) + ")";
    }

    private static void table(StringBuilder text, Phase phase, PhaseFigures figures) {
        text.append(line("%n%-28s %10s %10s %10s %10s", phase.title(), "p50", "p95", "p99", "max"));
        text.append(latency("runbook step, wait", figures.runbook().waited()));
        text.append(latency("runbook step, total", figures.runbook().total()));
        if (figures.runbook().unfinished() > 0) {
            text.append(line(
                    "  %d of %d runbook steps did not finish; they count with their age",
                    figures.runbook().unfinished(), figures.runbook().count()));
        }
        if (figures.ingest() != null) {
            text.append(line(
                    "  ingestion %.2f deliveries a second", figures.ingest().jobsPerSecond()));
        }
        text.append(line(
                "  slot utilisation %s, at most %d attempts at once",
                Figures.percent(figures.utilisation()), figures.slotsMax()));
    }

    private static String latency(String name, Latency latency) {
        return line(
                "  %-26s %10s %10s %10s %10s",
                name,
                Figures.milliseconds(latency.p50()),
                Figures.milliseconds(latency.p95()),
                Figures.milliseconds(latency.p99()),
                Figures.milliseconds(latency.max()));
    }

    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format + "%n", values);
    }
}
