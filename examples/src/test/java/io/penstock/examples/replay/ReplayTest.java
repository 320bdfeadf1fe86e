package io.penstock.examples.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.objective.Condition.Rule;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The alert rules over many seeds: nothing is told of a healthy queue, and what goes wrong is told of in time. */
class ReplayTest {

    private static final int SEEDS = 10;

    @ParameterizedTest
    @EnumSource(
            value = Scenario.class,
            names = {"HEALTHY_BURSTS_LOW", "HEALTHY_BURSTS_HIGH", "DEEP_BUT_DRAINING", "LOW_TRAFFIC"})
    void aHealthyQueueWakesNobody(Scenario scenario) {
        int byDepth = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            Replay replay = Replay.of(scenario, seed);
            for (Rule rule : Rule.values()) {
                assertThat(replay.falsePages(rule.word()))
                        .as("%s, seed %d", rule, seed)
                        .isZero();
            }
            byDepth += replay.pages(Replay.DEPTH).size();
        }
        assertThat(byDepth > SEEDS).as("a fixed threshold pages").isEqualTo(scenario.ordinal() < 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void anOverloadIsToldOfBeforeTheFirstJobIsLate(long seed) {
        Replay replay = Replay.of(Scenario.STEP_OVERLOAD, seed);
        double late = replay.firstLateAfter(Scenario.ONSET + 1);
        assertThat(Scenario.ONSET + replay.pagedAfter(Rule.GROWTH.word(), Scenario.ONSET))
                .isLessThan(late);
        assertThat(Scenario.ONSET + replay.pagedAfter(Rule.BURN.word(), Scenario.ONSET) - late)
                .as("after a healthy hour")
                .isBetween(0.0, 540.0);
    }

    @ParameterizedTest
    @EnumSource(
            value = Scenario.class,
            names = {"SLOW_LEAK", "TOTAL_STALL", "STUCK_TYPE"})
    void whatGoesWrongIsToldOfByLooksAndByCounts(Scenario scenario) {
        for (int seed = 1; seed <= SEEDS; seed++) {
            Replay replay = Replay.of(scenario, seed);
            double late = replay.firstLateAfter(Scenario.ONSET + 60);
            assertThat(Scenario.ONSET + replay.pagedAfter(Rule.GROWTH.word(), Scenario.ONSET) - late)
                    .as("seed %d", seed)
                    .isLessThan(120);
            assertThat(replay.pagedAfter(Rule.BURN.word(), Scenario.ONSET)).isPositive();
        }
    }

    @Test
    void aQueueWithoutHistoryIsToldOfWithinTwoMinutesOfItsFirstLateJob() {
        Random random = new Random(1);
        Replay replay = new Replay(Scenario.STEP_OVERLOAD.within, random, at -> 2);
        replay.play(Scenario.STEP_OVERLOAD.arrivals(random), 600);
        double late = replay.firstLateAfter(0);
        assertThat(replay.pages(Rule.BURN.word()).get(0) - late).isBetween(0.0, 120.0);
    }

    @Test
    void theSameSeedGivesTheSame() {
        assertThat(Replay.of(Scenario.SLOW_LEAK, 7).jobs())
                .isEqualTo(Replay.of(Scenario.SLOW_LEAK, 7).jobs());
    }
}
