package io.penstock.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IsolationBenchmarkTest {

    @Test
    void everyPhaseIsMeasuredAndTheGuaranteeComesBack() throws Exception {
        BenchRun run = BenchRun.of(new IsolationBenchmark(), "--samples", "40", "--rate", "40");
        for (IsolationPhase phase : IsolationPhase.values()) {
            assertThat(run.number(phase.key() + ".samples")).as(phase.key()).isEqualTo(40);
            assertThat(run.number(phase.key() + ".total_ms.p50"))
                    .as(phase.key())
                    .isGreaterThanOrEqualTo(50);
        }
        assertThat(run.number("guarantee_back_s")).isPositive();
        assertThat(run.number("p99_ratio")).isPositive();
        assertThat(run.number("pools.utilisation")).isLessThan(0.9);
        assertThat(run.number("penstock.over_committed")).isGreaterThanOrEqualTo(0);
    }
}
