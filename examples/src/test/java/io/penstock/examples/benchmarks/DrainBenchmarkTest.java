package io.penstock.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DrainBenchmarkTest {

    @Test
    void aSmallDrainLosesNothingAndIsComparedWithItsOwnStatements() throws Exception {
        BenchRun run = BenchRun.of(new DrainBenchmark(), "--jobs", "1500", "--slots", "20", "--rounds", "2");
        assertThat(run.json().propertyNames())
                .containsExactly(
                        "benchmark",
                        "settings",
                        "jobs_per_second",
                        "statements_per_job",
                        "round_trips_per_job",
                        "wal_bytes_per_job",
                        "lost",
                        "completed_twice",
                        "limit",
                        "of_limit",
                        "of_limit_of_one_connection",
                        "spread");
        assertThat(run.json().at("/settings").propertyNames())
                .contains("server_version", "fsync", "synchronous_commit", "cores", "jdk", "jobs", "slots");
        assertThat(run.json().at("/spread/jobs_per_second/samples").size()).isEqualTo(2);
        assertThat(run.number("lost")).isZero();
        assertThat(run.number("completed_twice")).isZero();
        assertThat(run.number("jobs_per_second")).isPositive();
        assertThat(run.number("limit.batch_500_connections_2")).isPositive();
        assertThat(run.number("statements_per_job")).isBetween(run.number("round_trips_per_job"), 10.0);
        assertThat(run.number("wal_bytes_per_job")).isGreaterThan(200);
        assertThat(run.shown()).contains("round 2 of 2", "server_version", "wal_bytes_per_job");
    }
}
