package io.penstock.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostCommitBenchmarkTest {

    @Test
    void commitsAreComparedWithTheWorkerBusyAndAsleep() throws Exception {
        BenchRun run = BenchRun.of(new HostCommitBenchmark(), "--clients", "1,2", "--seconds", "0.2", "--rounds", "1");
        for (String name : new String[] {"busy.clients_1", "busy.clients_2", "asleep.clients_1", "asleep.clients_2"}) {
            assertThat(run.number(name)).isPositive();
            assertThat(run.number("commits_per_second.enqueue." + name)).isPositive();
            assertThat(run.number("commits_per_second.plain." + name)).isPositive();
        }
        assertThat(run.number("sleeper_share.busy.clients_1")).isZero();
        assertThat(run.number("sleeper_share.asleep.clients_1")).isBetween(0.0, 1.0);
    }
}
