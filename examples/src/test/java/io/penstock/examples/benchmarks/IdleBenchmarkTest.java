package io.penstock.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdleBenchmarkTest {

    @Test
    void aWorkerThatHasNothingToDoIsCounted() throws Exception {
        BenchRun run = BenchRun.of(new IdleBenchmark(), "--queues", "3", "--minutes", "0.05");
        assertThat(run.number("connections")).isEqualTo(5);
        assertThat(run.number("queries_per_second")).isPositive().isLessThan(run.number("statements_per_second"));
        assertThat(run.number("start_seconds")).isPositive();
        assertThat(run.json().has("heap_bytes")).isTrue();
        assertThat(run.json().has("server_cpu_percent")).isTrue();
    }
}
