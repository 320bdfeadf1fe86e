package io.penstock.examples.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a run of the demo came to. */
public final class DemoReport {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Map<Phase, PhaseFigures> phases;

    DemoReport(Map<Phase, PhaseFigures> phases) {
        this.phases = new EnumMap<>(phases);
    }

    PhaseFigures phase(Phase phase) {
        PhaseFigures figures = phases.get(phase);
        if (figures == null) {
            throw new IllegalStateException("phase \"" + phase.key() + "\" has not run");
        }
        return figures;
    }

    /** The p99 of the total latency of runbook steps, against that of the phase in which they were alone. */
    double overAlone(Phase phase) {
        return phase(phase).runbook().total().p99()
                / phase(Phase.ALONE).runbook().total().p99();
    }

    /** The report as JSON: latencies in milliseconds. */
    public void write(Path file) throws IOException {
        Files.writeString(file, json().toPrettyString() + "\n");
    }

    ObjectNode json() {
        ObjectNode report = JSON.createObjectNode();
        for (Phase phase : Phase.values()) {
            PhaseFigures figures = phase(phase);
            ObjectNode node = report.putObject(phase.key());
            node.set("runbook", jobs(figures.runbook()));
            node.set("ingest", jobs(figures.ingest()));
            node.put("utilisation", Figures.rounded(figures.utilisation(), 4));
            node.put("slots_max", figures.slotsMax());
        }
        report.put("shared_over_alone", Figures.rounded(overAlone(Phase.SHARED), 3));
        report.put("penstock_over_alone", Figures.rounded(overAlone(Phase.PENSTOCK), 3));
        return report;
    }

    private static @Nullable ObjectNode jobs(@Nullable JobFigures figures) {
        if (figures == null) {
            return null;
        }
        return JSON.createObjectNode()
                .put("count", figures.count())
                .put("wait_p99_ms", Figures.rounded(figures.waited().p99(), 3))
                .put("total_p50_ms", Figures.rounded(figures.total().p50(), 3))
                .put("total_p99_ms", Figures.rounded(figures.total().p99(), 3))
                .put("jobs_per_second", Figures.rounded(figures.jobsPerSecond(), 3))
                .put("unfinished", figures.unfinished());
    }
}
