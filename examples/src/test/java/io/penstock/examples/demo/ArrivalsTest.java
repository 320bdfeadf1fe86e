package io.penstock.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.examples.demo.Arrivals.Arrival;
import io.penstock.examples.demo.DemoSettings.IngestVariant;
import io.penstock.examples.demo.DemoSettings.Pace;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ArrivalsTest {

    @ParameterizedTest
    @EnumSource(Pace.class)
    void twelveHundredAndFiftyStepsAreMeasured(Pace pace) {
        List<Arrival> steps = Arrivals.of(settings(1, pace), Phase.PENSTOCK).steps();
        assertThat(steps).hasSize(1_500);
        assertThat(steps.stream().filter(step -> step.job().tags().contains(Workload.MEASURED)))
                .hasSize(1_250)
                .allMatch(step -> step.nanos() >= Duration.ofSeconds(5).toNanos());
    }

    @ParameterizedTest
    @EnumSource(Pace.class)
    void theSeedFixesTheMoments(Pace pace) {
        assertThat(moments(1, pace)).isEqualTo(moments(1, pace)).isSorted();
    }

    @Test
    void deliveriesComeAllAtOnceAndThenSevenASecond() {
        List<Arrival> deliveries =
                Arrivals.of(settings(1, Pace.EVEN), Phase.SHARED).deliveries();
        assertThat(deliveries.stream().filter(delivery -> delivery.nanos() == 0))
                .hasSize(96);
        assertThat(deliveries).hasSizeBetween(96 + 7 * 30 - 1, 96 + 7 * 30);
        assertThat(Arrivals.of(settings(1, Pace.EVEN), Phase.ALONE).deliveries())
                .isEmpty();
    }

    private static List<Long> moments(long seed, Pace pace) {
        return Arrivals.of(settings(seed, pace), Phase.ALONE).inOrder().stream()
                .map(Arrival::nanos)
                .toList();
    }

    private static DemoSettings settings(long seed, Pace pace) {
        return DemoSettings.of(seed, Duration.ofSeconds(25), pace, IngestVariant.DOWNLOAD);
    }
}
