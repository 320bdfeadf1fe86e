package io.penstock.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConcurrencyBudgetTest {

    @Test
    void theShortFormsSayWhatTheyLeaveOut() {
        assertThat(ConcurrencyBudget.guaranteed(2, 8)).isEqualTo(new ConcurrencyBudget(2, 8, 1));
        assertThat(ConcurrencyBudget.spare(8)).isEqualTo(new ConcurrencyBudget(0, 8, 1));
        assertThat(ConcurrencyBudget.guaranteed(2, 8).weight(5)).isEqualTo(new ConcurrencyBudget(2, 8, 5));
    }

    @ParameterizedTest
    @CsvSource({"0,1,1", "1,1,1", "10000,10000,10000"})
    void theBoundsThemselvesAreTaken(int guarantee, int limit, int weight) {
        assertThat(new ConcurrencyBudget(guarantee, limit, weight).limit()).isEqualTo(limit);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0  | 0          | 1          | concurrency budget limit: expected 1 to 10000, was 0",
                "0  | 10001      | 1          | concurrency budget limit: expected 1 to 10000, was 10001",
                "0  | 2147483647 | 1          | concurrency budget limit: expected 1 to 10000, was 2147483647",
                "0  | 1          | 0          | concurrency budget weight: expected 1 to 10000, was 0",
                "0  | 1          | 10001      | concurrency budget weight: expected 1 to 10000, was 10001",
                "-1 | 1          | 1          | concurrency budget guarantee: expected 0 or more, was -1",
                "2  | 1          | 1          | concurrency budget guarantee: expected at most its limit 1, was 2",
            })
    void whatLiesOutsideIsRefused(int guarantee, int limit, int weight, String message) {
        assertThatThrownBy(() -> new ConcurrencyBudget(guarantee, limit, weight))
                .isInstanceOf(RefusedException.class)
                .hasMessage(message);
    }
}
