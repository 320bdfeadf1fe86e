package io.penstock.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.penstock.examples.benchmarks.SlotTimes.Span;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlotTimesTest {

    private static final double NEVER = Double.POSITIVE_INFINITY;

    @Test
    void slotsAreCountedBetweenTwoMoments() {
        // two slots, one of them guaranteed; seconds 10 to 20
        SlotTimes slots = SlotTimes.between(
                10,
                20,
                2,
                1,
                List.of(
                        new Span(false, 0, 5, 15),
                        new Span(false, 0, 12, NEVER),
                        new Span(true, 14, 16, 17),
                        new Span(true, 16.5, 18, 18.5)));
        assertThat(slots.utilisation()).isCloseTo((2 + 3 * 2 + 1 + 4 + 0.5 + 0.5 + 0) / 20, within(0.05));
        assertThat(slots.owed()).as("14 to 16, 17 to 18").isCloseTo(3, within(1e-9));
        assertThat(slots.stranded()).as("10 to 12, 15 to 16, 17 to 18").isCloseTo(4, within(1e-9));
        assertThat(slots.over()).isZero();
    }

    @Test
    void slotsAboveTheCapacityAreCountedApart() {
        SlotTimes slots =
                SlotTimes.between(0, 10, 1, 1, List.of(new Span(false, 0, 0, NEVER), new Span(true, 2, 2, 4)));
        assertThat(slots.utilisation()).isEqualTo(1);
        assertThat(slots.over()).isCloseTo(0.2, within(1e-9));
    }
}
