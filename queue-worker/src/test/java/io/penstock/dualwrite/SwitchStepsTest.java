package io.penstock.dualwrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.error.ContentionException;
import io.penstock.error.IndeterminateException;
import io.penstock.store.DualWriteStore;
import io.penstock.store.DualWriteStore.SideState;
import io.penstock.testkit.TcpProxy.Cut;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An attempt to switch, step by step: answers that are lost, and other attempts between its steps. */
class SwitchStepsTest extends TwoClusters {

    @ParameterizedTest
    @EnumSource
    void anAnswerThatIsLostAmidASwitchLeavesOneInChargeOrNobodyUntilTheNext(Cut cut) throws Exception {
        Sides<Tenant> distant = new Sides<>(
                "tenants",
                List.of(
                        cluster("old", toFirst.dataSource(first.dataSource()), Tenants.OLD),
                        cluster("new", toSecond.dataSource(second.dataSource()), Tenants.NEW)));
        for (int lost = 0; lost < 3; lost++) {
            Switch<Tenant> attempt = new Switch<>(distant, 1);
            List<Runnable> steps = List.of(attempt::begin, attempt::fence, attempt::finish);
            steps.subList(0, lost).forEach(Runnable::run);
            (lost == 1 ? toFirst : toSecond).cut("UPDATE penstock.dual_write SET", cut);
            assertThatThrownBy(steps.get(lost)::run).isInstanceOf(IndeterminateException.class);
            assertThat(inCharge()).isLessThan(2);
            await().atMost(PATIENCE)
                    .ignoreException(ContentionException.class)
                    .until(
                            () -> { // what was sent may take place yet
                                tenants.switchOver(PATIENCE);
                                return true;
                            });
            assertThat(tenants.inCharge().name()).isEqualTo("new");
            tenants.back(PATIENCE);
        }
    }

    /** Two attempts whose steps come in any order, and that end in any way: at no time are both sides in charge. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void neverAreBothSidesInChargeHoweverTwoAttemptsOverlap(int direction) {
        Sides<Tenant> sides = sides();
        int orders = 0;
        for (int bits = 0; bits < 1 << 2 * Attempt.STEPS; bits++) {
            if (Integer.bitCount(bits) != Attempt.STEPS) {
                continue;
            }
            for (int ends = 0; ends < 4; ends++) {
                reset(sides);
                Attempt one = new Attempt(sides, 1, (ends & 1) == 0);
                Attempt other = new Attempt(sides, direction, (ends & 2) == 0);
                StringBuilder history = new StringBuilder();
                for (int step = 0; step < 2 * Attempt.STEPS; step++) {
                    boolean first = (bits >> step & 1) == 0;
                    history.append(first ? "one " : "other ")
                            .append((first ? one : other).step())
                            .append(", ");
                    assertThat(inCharge()).as("in charge after: %s", history).isLessThan(2);
                }
                new Switch<>(sides, 1).run(PATIENCE);
                assertThat(sides.state(1).inCharge())
                        .as("in the end, after: %s", history)
                        .isTrue();
                assertThat(inCharge()).isEqualTo(1);
                orders++;
            }
        }
        assertThat(orders).isEqualTo(280);
    }

    private static void reset(Sides<Tenant> sides) {
        for (int index = 0; index < 2; index++) {
            SideState first = new SideState(1, index == 0, false, 0);
            SideState seen = sides.state(index);
            sides.transact(index, connection -> DualWriteStore.change(connection, sides.name(), seen, first));
        }
    }

    /** An attempt step by step; the first that is refused ends it. */
    private static final class Attempt {

        static final int STEPS = 4;

        private final Sides<Tenant> sides;
        private final int to;
        private final boolean finishes;
        private @Nullable Switch<Tenant> attempt;
        private int step;

        Attempt(Sides<Tenant> sides, int to, boolean finishes) {
            this.sides = sides;
            this.to = to;
            this.finishes = finishes;
        }

        String step() {
            try {
                return next(step++);
            } catch (ContentionException refused) {
                step = STEPS;
                return "is refused";
            }
        }

        private String next(int number) {
            if (number == 0) {
                if (sides.state(to).inCharge()) {
                    step = STEPS;
                    return "has nothing to do";
                }
                attempt = new Switch<>(sides, to);
                return "looks";
            }
            if (number >= STEPS) {
                return "has ended";
            }
            Switch<Tenant> looked = Objects.requireNonNull(attempt);
            switch (number) {
                case 1:
                    looked.begin();
                    return "begins";
                case 2:
                    looked.fence();
                    return "fences";
                default:
                    if (finishes) {
                        looked.finish();
                        return "finishes";
                    }
                    looked.takeBack(new ContentionException("not in time"));
                    return "takes back";
            }
        }
    }
}
