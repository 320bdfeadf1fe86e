package io.penstock.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EnqueueBenchmarkTest {

    @Test
    void eachBatchSizeIsMeasuredInThreeWaysWithEachNumberOfClients() throws Exception {
        BenchRun run = BenchRun.of(
                new EnqueueBenchmark(), "--batches", "1,20", "--clients", "1,2", "--seconds", "0.1", "--rounds", "2");
        for (String clients : new String[] {"clients_1", "clients_2"}) {
            for (String batch : new String[] {"batch_1", "batch_20"}) {
                String name = clients + "." + batch;
                assertThat(run.json().at("/" + name.replace('.', '/')).propertyNames())
                        .containsExactly(
                                "statement", "own", "plain", "statement_over_plain", "own_over_plain", "own_refused");
                assertThat(run.number(name + ".statement")).isPositive();
                assertThat(run.number(name + ".own_over_plain")).isPositive();
            }
        }
        assertThat(run.json().at("/spread/clients_1/batch_1/plain/samples").size())
                .isEqualTo(2);
    }
}
