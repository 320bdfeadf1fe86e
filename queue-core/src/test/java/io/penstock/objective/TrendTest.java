package io.penstock.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TrendTest {

    private final Trend trend = new Trend();

    /** So many seconds in which a queue gets and starts jobs evenly. */
    private void seconds(int from, int count, double arrivals, double starts) {
        double drawn = 1_000;
        double depth = 0;
        for (int second = 0; second <= count; second++) {
            trend.add(from + second, Math.round(drawn), Math.round(depth), depth / starts);
            drawn += arrivals;
            depth = Math.max(0, depth + arrivals - starts);
        }
    }

    @Test
    void nothingIsKnownOfNothing() {
        assertThat(trend.depth()).isZero();
        assertThat(trend.predictedWait()).isZero();
        assertThat(trend.timeToBreach(5, 1)).isInfinite();
        assertThat(trend.timeToDrain()).isZero();
        assertThat(trend.slotsNeeded(2.5, 1)).isZero();
        assertThat(trend.standing()).isZero();
    }

    @Test
    void aLeakIsTimed() {
        seconds(0, 60, 24, 20);
        assertThat(trend.arrivals()).isCloseTo(24, within(0.1));
        assertThat(trend.growth()).isCloseTo(4, within(0.2));
        assertThat(trend.capacity()).isCloseTo(20, within(1.0));
        assertThat(trend.predictedWait()).isCloseTo(12, within(0.8));
        assertThat(trend.timeToBreach(30, 1))
                .as("17 s are left, and it grows by 0.2 a second")
                .isCloseTo(85, within(15.0));
        assertThat(trend.timeToBreach(5, 1)).isZero();
        assertThat(trend.timeToDrain()).isInfinite();
    }

    @Test
    void aBacklogThatIsDrainedIsNoBreach() {
        trend.add(0, 1_000, 0, 0);
        for (int second = 1; second <= 20; second++) {
            trend.add(second, 1_500 + second, 500 - 19L * second, 1);
        }
        assertThat(trend.capacity()).isCloseTo(20, within(1.0));
        assertThat(trend.predictedWait()).isCloseTo(6, within(0.5));
        assertThat(trend.timeToDrain()).isPositive().isFinite();
        assertThat(trend.timeToBreach(60, 0)).isGreaterThan(1);
    }

    @Test
    void aQueueThatWasIdleIsJudgedByWhatItDoesUnderLoad() {
        for (int second = 0; second < 60; second++) {
            trend.add(second, second, 0, 0);
        }
        trend.add(60, 160, 60, 0);
        trend.add(61, 161, 21, 1);
        assertThat(trend.predictedWait())
                .as("not by the one a second of before")
                .isLessThan(1);
    }

    @Test
    void howLongItHasStoodIsToldApartFromHowLongItWaits() {
        trend.add(0, 10, 2, 5);
        trend.add(10, 10, 2, 15);
        trend.add(20, 12, 4, 25);
        assertThat(trend.standing()).isEqualTo(20);
        assertThat(trend.headStands(10)).isTrue();
        trend.add(30, 12, 3, 5);
        assertThat(trend.standing()).isZero();
        assertThat(trend.headStands(10)).isFalse();
    }

    @Test
    void slotsAreNeededForWhatArrivesAndForWhatWaits() {
        seconds(0, 60, 24, 20);
        assertThat(trend.slotsNeeded(60, 0.5)).isBetween(13L, 15L);
    }
}
