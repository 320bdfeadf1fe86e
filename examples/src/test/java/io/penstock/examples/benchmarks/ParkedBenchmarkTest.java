package io.penstock.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ParkedBenchmarkTest {

    @Test
    void jobsOfOtherKeysPassWhatIsParked() throws Exception {
        BenchRun run = BenchRun.of(new ParkedBenchmark(), "--parked", "1200", "--jobs", "100", "--rounds", "1");
        assertThat(run.number("still_parked")).isEqualTo(1_200);
        assertThat(run.number("parked_over_none")).isPositive();
    }
}
