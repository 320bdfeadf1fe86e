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

    @Test
    void whatWasMissedIsSaidInWords() {
        assertThat(sentence(LatencyObjective.of("mail", Duration.ofSeconds(5), 0.99)))
                .isEqualTo("mail: in the last 60 min, 30 of 60 jobs were not done within 5 s, which uses the error"
                        + " budget 50 times faster than allowed");
        assertThat(sentence(FreshnessObjective.of("ops", "backup", Duration.ofHours(26), "bytes")
                        .atLeast(1_000)))
                .startsWith(
                        "ops/backup: in the last 60 min, the last success with bytes of at least 1000 was older than")
                .contains(" in 30 of 60 minutes, which uses");
        assertThat(sentence(DepthGrowthObjective.of("mail", 100, 0.99)))
                .startsWith("mail: in the last 60 min, it grew by more than 100 in 30 of 60 minutes, which uses");
    }

    private static String sentence(Objective objective) {
        return Evaluation.burns(objective, span -> new Tally(60, 30)).get(0).sentence();
    }
}
