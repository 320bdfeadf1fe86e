package io.penstock.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeldSnapshotBenchmarkTest {

    @Test
    void threeShortPhasesAreMeasuredUnderOneLoadThatLosesNothing() throws Exception {
        BenchRun run = BenchRun.of(
                new HeldSnapshotBenchmark(), "--minutes", "0.03", "--slots", "20", "--dump", "--dump-seconds", "1");
        assertThat(run.json().propertyNames())
                .contains(
                        "healthy",
                        "held",
                        "per_minute",
                        "last_over_healthy",
                        "slope",
                        "disk_bytes_per_minute",
                        "total_disk_bytes_per_minute",
                        "live_peak_bytes",
                        "disk_over_healthy",
                        "dump_last_over_healthy",
                        "dump_disk_back_seconds");
        assertThat(run.number("lost")).isZero();
        assertThat(run.number("completed_twice")).isZero();
        assertThat(run.number("healthy")).isPositive();
        assertThat(run.json().at("/per_minute").size()).isEqualTo(1);
        assertThat(run.json().at("/spread/held/samples").size()).isEqualTo(6);
        assertThat(run.number("live_peak_bytes.held")).isPositive();
        assertThat(run.number("dumps")).isPositive();
        assertThat(run.shown()).contains("the statements of pg_dump", "disk_over_healthy");
    }
}
