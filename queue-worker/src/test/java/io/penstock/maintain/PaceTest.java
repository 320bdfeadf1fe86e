package io.penstock.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long NOTHING_DUE = Long.MAX_VALUE;

    private boolean hears = true;
    private final Pace pace = new Pace(() -> hears);

    @Test
    void aSystemAtRestIsLookedAtRarerAndRarer() {
        assertThat(pace.next(NOTHING_DUE)).isEqualTo(Pace.SHORTEST);
        assertThat(pace.next(NOTHING_DUE)).isEqualTo(2 * Pace.SHORTEST);
        for (int look = 0; look < 10; look++) {
            assertThat(pace.next(NOTHING_DUE)).isLessThanOrEqualTo(Pace.LONGEST);
        }
        assertThat(pace.next(NOTHING_DUE)).isEqualTo(Pace.LONGEST);
    }

    @Test
    void whatHappensQuickensItAndIsToldOnce() {
        pace.next(NOTHING_DUE);
        assertThat(pace.quicken()).isTrue();
        assertThat(pace.quicken()).isFalse();
        assertThat(pace.next(NOTHING_DUE)).isEqualTo(Pace.SHORTEST);
    }

    @Test
    void aJobIsPromotedWhenItIsDueAndNotAtTheNextLook() {
        long due = TimeUnit.MILLISECONDS.toNanos(3);
        assertThat(pace.next(due)).isEqualTo(due);
        assertThat(pace.next(-due)).isZero();
    }

    @Test
    void whoCannotBeToldNeverSlowsDown() {
        hears = false;
        for (int look = 0; look < 10; look++) {
            assertThat(pace.next(NOTHING_DUE)).isEqualTo(Pace.SHORTEST);
        }
    }
}
