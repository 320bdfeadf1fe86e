package io.penstock.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void theMedianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
        assertThat(Spread.of(List.of(9.0, 1.0, 4.0)))
                .extracting(Spread::median, Spread::min, Spread::max)
                .containsExactly(4.0, 1.0, 9.0);
        assertThat(Spread.of(List.of(1.0, 2.0, 4.0, 100.0)).median()).isEqualTo(3.0);
    }

    @Test
    void aTrendIsTheChangeOfALineFromItsFirstValueToItsLast() {
        assertThat(Trend.of(List.of(100.0, 90.0, 80.0)).change()).isCloseTo(-0.2, within(1e-9));
        assertThat(Trend.of(List.of(7.0)).change()).isZero();
        assertThat(Trend.of(List.of(5.0, 6.0, 5.0, 6.0)).rise()).isCloseTo(0.6, within(1e-9));
    }
}
