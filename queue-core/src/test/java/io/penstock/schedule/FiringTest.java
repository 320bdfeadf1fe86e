package io.penstock.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import io.penstock.job.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which ticks are made, by policy, for what was missed. */
class FiringTest {

    private static final ScheduleRule HOURLY = Cron.utc("0 * * * *");
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    private static Instant hour(int number) {
        return NOON.plus(Duration.ofHours(number));
    }

    @ParameterizedTest
    @EnumSource
    void aTickThatIsNotDueIsWaitedFor(CatchUp catchUp) {
        assertThat(Firing.of(HOURLY, catchUp, NOON, NOON.minusMillis(1))).isEqualTo(new Firing(List.of(), NOON, null));
    }

    @ParameterizedTest
    @EnumSource
    void aTickThatIsDueIsMadeWhateverThePolicy(CatchUp catchUp) {
        assertThat(Firing.of(HOURLY, catchUp, NOON, NOON.plusMillis(40)))
                .isEqualTo(new Firing(List.of(NOON), hour(1), null));
    }

    @Test
    void withoutCatchUpATickIsSkippedOnceItIsMoreThanAMinuteLate() {
        assertThat(Firing.of(HOURLY, CatchUp.NONE, NOON, NOON.plusSeconds(60)).ticks())
                .containsExactly(NOON);
        Firing late = Firing.of(HOURLY, CatchUp.NONE, NOON, NOON.plusSeconds(61));
        assertThat(late).isEqualTo(new Firing(List.of(), hour(1), NOON));
        assertThat(late.skippedBefore()).isEqualTo(hour(1));
        assertThat(Firing.of(HOURLY, CatchUp.NONE, NOON, hour(3).plusSeconds(1)))
                .isEqualTo(new Firing(List.of(hour(3)), hour(4), NOON));
    }

    @Test
    void onceMakesTheNewestHoweverLate() {
        Firing late = Firing.of(HOURLY, CatchUp.ONCE, NOON, hour(100).plusSeconds(3_000));
        assertThat(late).isEqualTo(new Firing(List.of(hour(100)), hour(101), NOON));
        assertThat(late.skippedBefore()).isEqualTo(hour(100));
    }

    @Test
    void allMakesEveryTickOfADayAndNothingOlder() {
        assertThat(Firing.of(HOURLY, CatchUp.ALL, NOON, hour(3)))
                .isEqualTo(new Firing(List.of(NOON, hour(1), hour(2), hour(3)), hour(4), null));
        Firing week = Firing.of(HOURLY, CatchUp.ALL, NOON, hour(168).plusSeconds(1));
        assertThat(week.ticks()).hasSize(24).startsWith(hour(145)).endsWith(hour(168));
        assertThat(week.skippedFrom()).isEqualTo(NOON);
        assertThat(week.skippedBefore()).isEqualTo(hour(145));
    }

    @Test
    void allMakesTheNewestEvenIfItIsOlderThanADay() {
        ScheduleRule weekly = FixedRate.every(Duration.ofDays(7));
        Instant first = weekly.next(NOON);
        assertThat(Firing.of(weekly, CatchUp.ALL, first, first.plus(Duration.ofDays(3)))
                        .ticks())
                .containsExactly(first);
    }

    @Test
    void manyAreMadeAHundredAtATimeUntilNoneIsLeft() {
        ScheduleRule secondly = Cron.utc("* * * * * *");
        Instant now = NOON.plusSeconds(1_234);
        List<Instant> made = new ArrayList<>();
        Instant next = NOON;
        while (!next.isAfter(now)) {
            Firing firing = Firing.of(secondly, CatchUp.ALL, next, now);
            assertThat(firing.ticks()).hasSizeBetween(1, Limits.CATCH_UP_BATCH);
            made.addAll(firing.ticks());
            next = firing.nextTick();
        }
        assertThat(made).hasSize(1_235).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void theNewestOfMillionsIsFoundWithoutSteppingThroughThem() {
        ScheduleRule secondly = Cron.utc("* * * * * *");
        Instant now = NOON.plus(Duration.ofDays(3_000)).plusMillis(17);
        assertThat(Firing.of(secondly, CatchUp.ONCE, NOON, now).ticks())
                .containsExactly(NOON.plus(Duration.ofDays(3_000)));
    }

    @Test
    void theNewestIsTheOneThatSteppingFinds() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            ScheduleRule rule = round % 2 == 0
                    ? Cron.utc("0 0 " + random.nextInt(24) + " " + (1 + random.nextInt(28)) + " * *")
                    : new FixedRate(
                            Duration.ofMillis(1_000 + random.nextInt(9_000_000)),
                            NOON.plusMillis(random.nextInt(100_000)));
            Instant first = rule.next(NOON);
            Instant now = first.plusMillis(random.nextInt(2_000_000_000));
            Instant newest = first;
            while (!rule.next(newest).isAfter(now)) {
                newest = rule.next(newest);
            }
            assertThat(Firing.of(rule, CatchUp.ONCE, first, now).ticks())
                    .as("%s", rule)
                    .containsExactly(newest);
        }
    }

    @Test
    void aFixedRateIsCountedFromItsAnchorBothWays() {
        FixedRate rate = new FixedRate(Duration.ofMinutes(90), NOON);
        assertThat(rate.next(NOON)).isEqualTo("2026-11-24T13:30:00Z");
        assertThat(rate.next(NOON.minusNanos(1))).isEqualTo(NOON);
        assertThat(rate.next(Instant.EPOCH)).isBefore(NOON).isAfter(Instant.EPOCH);
        assertThat(FixedRate.every(Duration.ofHours(1)).next(NOON.plusSeconds(7)))
                .isEqualTo(hour(1));
    }

    @Test
    void aBadFixedRateIsRefused() {
        assertThatThrownBy(() -> FixedRate.every(Duration.ofMillis(999)))
                .isInstanceOf(RefusedException.class)
                .hasMessage("fixed rate period: expected PT1S to PT87600H, was PT0.999S");
        assertThatThrownBy(() -> FixedRate.every(Duration.ofNanos(1_500_000_001)))
                .hasMessageContaining("whole milliseconds");
        assertThatThrownBy(() -> new FixedRate(Duration.ofHours(1), Instant.EPOCH.minusMillis(1)))
                .hasMessageContaining("1970 to 9999");
        assertThatThrownBy(() -> Cron.utc("0 0 * * *").next(Instant.parse("9999-12-31T01:00:00Z")))
                .hasMessageContaining("year 10000");
    }
}
