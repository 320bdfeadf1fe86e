package io.penstock.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ObjectivesBenchmarkTest {

    @Test
    void aLookIsTimedAndWhatItCostsIsCounted() throws Exception {
        BenchRun run = BenchRun.of(new ObjectivesBenchmark(), "--queues", "3", "--seconds", "3", "--warm-up", "1");
        assertThat(run.number("first_look_ms")).isPositive();
        assertThat(run.number("look_ms")).isPositive();
        assertThat(run.number("process_cpu_percent")).isPositive();
        assertThat(run.json().has("server_cpu_percent")).isTrue();
        assertThat(run.json().at("/spread/look_ms/samples").size()).isPositive();
    }
}
