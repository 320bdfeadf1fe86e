package io.penstock.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Links take turns at a server that is away, on a clock of the test's. */
class TurnsTest {

    private final Turns turns = new Turns();

    private static long at(double seconds) {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void whileNobodyHasLostTheServerEveryLinkMayConnect() {
        assertThat(turns.take(at(0))).isTrue();
        assertThat(turns.take(at(0))).isTrue();
    }

    @Test
    void theFirstTryIsAtOnceAndTheNextAboutASecondLaterWhoeverAsks() {
        turns.lost(at(10));
        turns.lost(at(10));
        assertThat(turns.take(at(10))).isTrue();
        for (double second = 10; second < 10.8; second += 0.1) {
            assertThat(turns.take(at(second))).as("at %s s", second).isFalse();
            turns.lost(at(second));
        }
        assertThat(turns.take(at(11.2))).isTrue();
        assertThat(turns.take(at(11.2))).isFalse();
    }

    @Test
    void onceOneHasReachedTheServerAllMay() {
        turns.lost(at(10));
        assertThat(turns.take(at(10))).isTrue();
        assertThat(turns.take(at(10))).isFalse();
        turns.reached();
        assertThat(turns.take(at(10.1))).isTrue();
        assertThat(turns.take(at(10.1))).isTrue();
    }
}
