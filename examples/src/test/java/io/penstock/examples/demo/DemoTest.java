package io.penstock.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.examples.demo.DemoSettings.IngestVariant;
import io.penstock.examples.demo.DemoSettings.Pace;
import io.penstock.testkit.PenstockDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DemoTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String[] JOB_FIELDS = {
        "count", "wait_p99_ms", "total_p50_ms", "total_p99_ms", "jobs_per_second", "unfinished"
    };

    @TempDir
    Path directory;

    @Test
    void aShortRunMeasuresAllPhasesFromTheRowsOfTheQueue() throws Exception {
        DemoSettings settings = new DemoSettings(
                1,
                Workload.DELIVERIES_AT_ONCE,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                DemoSettings.PATIENCE,
                Pace.EVEN,
                IngestVariant.DOWNLOAD);
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        DemoReport report = new Demo(
                        PenstockDatabase.server(),
                        settings,
                        new Screen(new PrintStream(shown, true, StandardCharsets.UTF_8), false))
                .run();
        Path file = directory.resolve("figures.json");
        report.write(file);

        JsonNode json = JSON.readTree(Files.readString(file));
        assertThat(json.propertyNames())
                .containsExactly("alone", "shared", "pools", "penstock", "shared_over_alone", "penstock_over_alone");
        for (Phase phase : Phase.values()) {
            JsonNode figures = json.get(phase.key());
            assertThat(figures.propertyNames()).containsExactly("runbook", "ingest", "utilisation", "slots_max");
            assertThat(figures.get("runbook").propertyNames()).containsExactly(JOB_FIELDS);
            assertThat(figures.get("runbook").get("count").asInt()).isEqualTo(100);
            assertThat(figures.get("runbook").get("unfinished").asInt()).isZero();
            assertThat(figures.get("slots_max").asInt()).isBetween(1, Workload.SLOTS);
            assertThat(figures.get("utilisation").asDouble()).isBetween(0.01, 1.0);
            if (phase.ingests()) {
                assertThat(figures.get("ingest").propertyNames()).containsExactly(JOB_FIELDS);
            } else {
                assertThat(figures.get("ingest").isNull()).isTrue();
            }
        }
        assertThat(shown.toString(StandardCharsets.UTF_8)).contains("With the same 16 slots", "runbook step, total");
    }

    @Test
    void ratiosCompareTheP99OfTheTotalLatency() {
        DemoReport report = new DemoReport(Map.of(
                Phase.ALONE,
                figures(100),
                Phase.SHARED,
                figures(2_500),
                Phase.POOLS,
                figures(110),
                Phase.PENSTOCK,
                figures(150)));
        JsonNode json = report.json();
        assertThat(json.get("shared_over_alone").asDouble()).isEqualTo(25);
        assertThat(json.get("penstock_over_alone").asDouble()).isEqualTo(1.5);
    }

    private static PhaseFigures figures(double p99) {
        JobFigures.Latency latency = new JobFigures.Latency(p99 / 2, p99 / 1.1, p99, p99);
        return new PhaseFigures(new JobFigures(100, latency, latency, 50, 0), null, 0.5, 16);
    }
}
