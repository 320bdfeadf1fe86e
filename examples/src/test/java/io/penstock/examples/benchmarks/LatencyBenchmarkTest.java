package io.penstock.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatencyBenchmarkTest {

    @Test
    void jobsAreTimedFromOneProcessToAnother() throws Exception {
        BenchRun run = BenchRun.of(new LatencyBenchmark(), "--jobs", "20", "--pause", "20");
        assertThat(run.number("milliseconds.enqueue.p50")).isPositive();
        assertThat(run.number("milliseconds.start.p50")).isGreaterThan(run.number("milliseconds.enqueue.p50"));
        assertThat(run.number("milliseconds.start.p100")).isGreaterThanOrEqualTo(run.number("milliseconds.start.p99"));
    }
}
