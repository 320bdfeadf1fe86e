package io.penstock.downstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AdaptiveLimitTest {

    private final AdaptiveLimit limit = new AdaptiveLimit("mailer", 2, 16);

    private int begin(int calls) {
        int begun = AdaptiveLimit.REFUSED;
        for (int call = 0; call < calls; call++) {
            begun = limit.begin();
            assertThat(begun).isNotEqualTo(AdaptiveLimit.REFUSED);
        }
        return begun;
    }

    @Test
    void aBurstOfFailuresHalvesItOnce() {
        int begun = begin(16);
        assertThat(limit.begin()).isEqualTo(AdaptiveLimit.REFUSED);
        for (int call = 0; call < 16; call++) {
            limit.failed(begun);
        }
        assertThat(limit.limit()).isEqualTo(8);
        limit.failed(begin(1));
        assertThat(limit.limit()).isEqualTo(4);
        limit.failed(begin(1));
        limit.failed(begin(1));
        assertThat(limit.limit()).as("the least").isEqualTo(2);
    }

    @Test
    void asManySuccessesAsItAllowsRaiseItByOneIfItIsUsed() {
        limit.failed(begin(1));
        for (int round = 0; round < 20; round++) {
            begin(1);
            limit.succeeded();
        }
        assertThat(limit.limit()).as("nobody needed it").isEqualTo(8);
        begin(8);
        for (int call = 0; call < 8; call++) {
            limit.succeeded();
            begin(1);
        }
        assertThat(limit.limit()).isEqualTo(8);
        limit.succeeded();
        begin(1);
        assertThat(limit.limit()).isEqualTo(9);
    }

    @Test
    void whatSaysNothingChangesNothing() {
        begin(16);
        for (int call = 0; call < 16; call++) {
            limit.ended();
        }
        assertThat(limit.limit()).isEqualTo(16);
        begin(16);
    }

    /** Something that fails whenever more than so many call it at once. */
    @Test
    void itStaysNearWhatIsTaken() {
        int takes = 10;
        Random random = new Random(5);
        Deque<Integer> calls = new ArrayDeque<>();
        long sum = 0;
        int rounds = 20_000;
        for (int round = 0; round < rounds; round++) {
            int begun = limit.begin();
            while (begun != AdaptiveLimit.REFUSED) {
                calls.add(calls.size() >= takes ? begun : begun + 1_000_000);
                begun = limit.begin();
            }
            for (int ends = 1 + random.nextInt(4); ends > 0 && !calls.isEmpty(); ends--) {
                int call = calls.remove();
                if (call >= 1_000_000) {
                    limit.succeeded();
                } else {
                    limit.failed(call);
                }
            }
            sum += limit.limit();
            assertThat(limit.limit()).isBetween(2, 16);
        }
        assertThat((double) sum / rounds).isBetween(takes * 0.5, takes * 1.1);
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> Downstream.adaptive("mailer", 0, 4))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("least calls at once: expected 1 to 4");
        assertThatThrownBy(() -> Downstream.adaptive("", 1, 4)).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> Downstream.adaptive("mailer", 1, 0)).isInstanceOf(RefusedException.class);
    }
}
