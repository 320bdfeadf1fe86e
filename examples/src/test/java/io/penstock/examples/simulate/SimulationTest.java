package io.penstock.examples.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The dispatcher beside a flood of long jobs, on a virtual clock. */
class SimulationTest {

    private static Outcome beside20Seconds(Scheme scheme, int workers, long seed) {
        return new Simulation(scheme, HeavyJobs.LONG, workers, ArrivalPattern.STEADY, seed).run();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void headroomGivesLentSlotsBackAtOnceAndNoSlotIsIdle(int workers) {
        Outcome outcome = beside20Seconds(Scheme.HEADROOM, workers, 1);
        assertThat(outcome.quantile(0.99)).isLessThanOrEqualTo(0.05);
        assertThat(outcome.utilisation()).isGreaterThanOrEqualTo(0.95);
        assertThat(outcome.utilisationBefore()).isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void withoutHeadroomTheHorizonKeepsLongJobsFromGuaranteedSlots() {
        assertThat(beside20Seconds(Scheme.LENDING, 1, 1).quantile(0.99)).isGreaterThan(2.5);
        assertThat(beside20Seconds(Scheme.LONG_LOANS, 1, 1).quantile(0.99)).isLessThanOrEqualTo(2.5);
        assertThat(beside20Seconds(Scheme.HORIZON, 1, 1).quantile(0.99)).isLessThanOrEqualTo(0.05);
    }

    @ParameterizedTest
    @EnumSource(HeavyJobs.class)
    void queuesWithoutAGuaranteeProgressUnderEverySchemeButPriority(HeavyJobs heavy) {
        for (Scheme scheme : EnumSet.complementOf(EnumSet.of(Scheme.PRIORITY))) {
            Outcome outcome = new Simulation(scheme, heavy, 3, ArrivalPattern.BURSTS, 1).run();
            assertThat(outcome.done(Scheme.REST)).as(scheme.title).isGreaterThan(30);
        }
        assertThat(beside20Seconds(Scheme.PRIORITY, 1, 1).done(Scheme.REST)).isZero();
    }

    @Test
    void theSameSeedGivesTheSameFigures() {
        assertThat(beside20Seconds(Scheme.LENDING, 3, 7).quantile(0.5))
                .isEqualTo(beside20Seconds(Scheme.LENDING, 3, 7).quantile(0.5))
                .isNotEqualTo(beside20Seconds(Scheme.LENDING, 3, 8).quantile(0.5));
    }
}
