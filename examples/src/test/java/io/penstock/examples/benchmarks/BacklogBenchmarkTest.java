package io.penstock.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BacklogBenchmarkTest {

    @Test
    void eachStepIsMeasuredAtEachSizeAndComparedWithTheFirst() throws Exception {
        BenchRun run = BenchRun.of(new BacklogBenchmark(), "--sizes", "500,2k", "--repetitions", "3");
        for (String step : new String[] {"claim", "promote", "sample", "look", "enqueue_1", "enqueue_100"}) {
            assertThat(run.number(step + "_ms.500")).isPositive();
            assertThat(run.number(step + "_ms.2k")).isPositive();
            assertThat(run.number(step + "_2k_over_500")).isPositive();
        }
        assertThat(run.json().at("/spread/claim_ms/2k/samples").size()).isEqualTo(3);
        assertThat(run.shown()).contains("2k: built in", "claim_2k_over_500");
    }
}
