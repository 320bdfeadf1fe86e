package io.penstock.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramTest {

    @Test
    void aQuantileIsOffByNoMoreThanNinePercentOfItself() {
        Random random = new Random(1);
        for (int round = 0; round < 50; round++) {
            double scale = Math.pow(10, random.nextDouble() * 6 - 2);
            double[] seconds = new double[2_000];
            Histogram histogram = new Histogram();
            for (int index = 0; index < seconds.length; index++) {
                seconds[index] = Math.min(86_000, 0.001 + scale * Math.exp(random.nextGaussian()));
                histogram.add(Duration.ofNanos((long) (seconds[index] * 1e9)));
            }
            Arrays.sort(seconds);
            for (double part : new double[] {0.01, 0.5, 0.95, 0.99, 1}) {
                double exact = seconds[(int) Math.ceil(part * seconds.length) - 1];
                assertThat(Math.abs(histogram.quantile(part) / exact - 1))
                        .as("%s of %s", part, scale)
                        .isLessThanOrEqualTo(Histogram.WORST_ERROR + 1e-6)
                        .isLessThanOrEqualTo(0.09);
            }
        }
    }

    @Test
    void countsOfSeveralAddUp() {
        Histogram one = new Histogram();
        Histogram other = new Histogram();
        Histogram both = new Histogram();
        for (int index = 1; index <= 1_000; index++) {
            (index % 3 == 0 ? one : other).add(Duration.ofMillis(index));
            both.add(Duration.ofMillis(index));
        }
        Histogram merged = new Histogram();
        for (Histogram part : new Histogram[] {one, other}) {
            merged.add(0, Arrays.stream(part.take()).mapToObj(Math::toIntExact).toArray(Integer[]::new));
        }
        assertThat(merged.total()).isEqualTo(1_000);
        assertThat(one.total()).isZero();
        assertThat(merged.quantile(0.9)).isEqualTo(both.quantile(0.9));
        assertThat(merged.mean()).isCloseTo(0.5, within(0.05));
    }

    @Test
    void whatIsBelowAMillisecondAndAboveADayIsCounted() {
        Histogram histogram = new Histogram();
        histogram.add(Duration.ZERO);
        assertThat(histogram.quantile(1)).isEqualTo(0.001);
        histogram.add(Duration.ofDays(400));
        assertThat(histogram.quantile(1)).isGreaterThan(80_000);
        assertThat(new Histogram().quantile(0.5)).isNaN();
    }
}
