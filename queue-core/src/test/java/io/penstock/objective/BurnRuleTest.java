package io.penstock.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BurnRuleTest {

    private static LatencyObjective objective(double target) {
        return LatencyObjective.of("mail", Duration.ofSeconds(5), target);
    }

    @Test
    void thresholdsOverThirtyDaysAreThoseOfTheWorkbook() {
        assertThat(BurnRule.values())
                .extracting(rule -> Math.round(rule.threshold(objective(0.999)) * 10) / 10.0)
                .containsExactly(14.4, 6.0, 3.0, 1.0);
    }

    @Test
    void aThresholdThatATargetMakesUnreachableIsLowered() {
        assertThat(BurnRule.HOUR.threshold(objective(0.9))).isCloseTo(8, within(1e-9));
        assertThat(BurnRule.HOUR.broken(objective(0.9), new Tally(100, 10), new Tally(10, 1)))
                .isPresent();
        assertThat(BurnRule.QUARTER.threshold(objective(0.5))).isCloseTo(1.6, within(1e-9));
    }

    @Test
    void aFewLateJobsOfFewAreChance() {
        assertThat(BurnRule.HOUR.broken(objective(0.99), new Tally(4, 0), new Tally(4, 0)))
                .isEmpty();
        assertThat(BurnRule.HOUR.broken(objective(0.99), new Tally(5, 0), new Tally(5, 0)))
                .hasValueSatisfying(burn -> assertThat(burn).isCloseTo(100, within(1e-6)));
    }

    @Test
    void whatIsOverIsNotToldOf() {
        assertThat(BurnRule.HOUR.broken(objective(0.99), new Tally(100, 50), new Tally(20, 20)))
                .isEmpty();
        assertThat(BurnRule.HOUR.broken(objective(0.99), new Tally(100, 50), Tally.NOTHING))
                .isEmpty();
    }

    @Test
    void noTrafficIsNoData() {
        assertThat(Tally.NOTHING.attainment()).isNaN();
        assertThat(Tally.NOTHING.burn(0.99)).isZero();
    }

    @Test
    void aSpanAsLongAsThePeriodSaysNothing() {
        assertThat(BurnRule.DAYS.applies(objective(0.99).over(3))).isFalse();
        assertThat(BurnRule.DAY.applies(objective(0.99).over(3))).isTrue();
    }
}
