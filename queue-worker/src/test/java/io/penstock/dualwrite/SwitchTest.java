package io.penstock.dualwrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.error.ContentionException;
import io.penstock.error.DatabaseUnavailableException;
import io.penstock.error.IndeterminateException;
import io.penstock.store.DualWriteStore;
import io.penstock.store.DualWriteStore.KeptWrite;
import io.penstock.store.DualWriteStore.SideState;
import io.penstock.testkit.TcpProxy.Cut;
import io.penstock.testkit.TcpProxy.Mode;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which side is in charge, and what is left of an earlier epoch. */
class SwitchTest extends TwoClusters {

    @Test
    void aSwitchLosesNoWriteAndOldEpochsAreRefusedOnBothSides() throws Exception {
        startWorkers();
        DualWrite<Tenant> other = distant();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger written = new AtomicInteger();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            while (!stop.get()) {
                other.write("key-" + written.get() % 5, new Tenant("five", "plan-" + written.incrementAndGet()));
            }
        });
        await().atMost(PATIENCE).until(() -> written.get() > 20);
        tenants.switchOver(PATIENCE);
        assertThat(tenants.inCharge().name()).isEqualTo("new");
        int then = written.get();
        await().atMost(PATIENCE).until(() -> written.get() > then + 20);
        tenants.back(PATIENCE);
        int again = written.get();
        await().atMost(PATIENCE).until(() -> written.get() > again + 20);
        stop.set(true);
        writer.get();
        assertThat(tenants.inCharge().name()).isEqualTo("old");
        assertThat(first.query("SELECT epoch || ' ' || in_charge FROM penstock.dual_write"))
                .containsExactly("3 true");
        for (int key = 0; key < 5; key++) {
            awaitNew("key-" + key, atOld("key-" + key));
        }
        Mirror<Tenant> toNew = new Mirror<>("tenants", Tenant.class, fresh);
        Mirror<Tenant> toOld = new Mirror<>("tenants", Tenant.class, old);
        KeptWrite stale = new KeptWrite(1_000_000, 1, "{}");
        assertThatThrownBy(() -> toNew.applyNext(Inline.LIMITS, "key-0", stale)).isInstanceOf(Fenced.class);
        assertThatThrownBy(() -> toOld.applyAll(Inline.LIMITS, "key-0", List.of(stale)))
                .isInstanceOf(Fenced.class);
    }

    @Test
    void aSwitchThatCannotBeMirroredLeavesTheFirstInCharge() throws Exception {
        DualWrite<Tenant> distant = distant();
        toSecond.mode(Mode.REFUSE);
        distant.write("7", new Tenant("seven", "paid")); // and no worker to mirror it
        toSecond.mode(Mode.PASS);
        assertThatThrownBy(() -> tenants.switchOver(Duration.ofMillis(200)))
                .isInstanceOf(ContentionException.class)
                .hasMessageContaining("key \"7\" was not in time");
        assertThat(tenants.inCharge().name()).isEqualTo("old");
        assertThat(tenants.write("8", new Tenant("eight", "free")).mirrored()).isTrue();
    }

    @Test
    void aSwitchThatBrokeOffWhileNobodyWasInChargeIsGoneOnWith() throws SQLException {
        tenants.write("7", new Tenant("seven", "free"));
        first.execute("UPDATE penstock.dual_write SET in_charge = false, epoch = 2");
        assertThatThrownBy(() -> tenants.write("7", new Tenant("seven", "paid")))
                .isInstanceOf(ContentionException.class)
                .hasMessageContaining("nothing was written. A switch that broke off is gone on with");
        tenants.switchOver(PATIENCE);
        assertThat(tenants.write("7", new Tenant("seven", "paid"))).isEqualTo(new Written(2, true));
        assertThat(atNew("7")).isEqualTo("seven paid");
        assertThat(atOld("7")).isEqualTo("seven paid");
    }

    @Test
    void whatIsLeftOfAnEarlierEpochKeepsNoLaterWriteBack() throws Exception {
        tenants.write("7", new Tenant("seven", "free")); // on both sides, and kept: no worker has looked
        tenants.switchOver(PATIENCE);
        tenants.back(PATIENCE);
        DualWrite<Tenant> distant = distant();
        toSecond.mode(Mode.REFUSE);
        assertThat(distant.write("7", new Tenant("seven", "away"))).isEqualTo(new Written(2, false));
        toSecond.mode(Mode.PASS);
        assertThat(tenants.write("7", new Tenant("seven", "paid"))).isEqualTo(new Written(3, true));
        assertThat(tenants.writeBoth("7", new Tenant("seven", "both"))).isEqualTo(new Written(4, true));
        assertThat(atNew("7")).isEqualTo("seven both");
    }

    @Test
    void aSwitchThatBrokeOffLongAgoWaitsForWhatWasWrittenBeforeIt() throws Exception {
        DualWrite<Tenant> distant = distant();
        toSecond.mode(Mode.REFUSE);
        distant.write("7", new Tenant("seven", "paid"));
        toSecond.mode(Mode.PASS);
        first.execute("UPDATE penstock.dual_write SET in_charge = false, epoch = 2;"
                + " UPDATE penstock.dual_write_key SET written_at = written_at - interval '1 day'");
        assertThatThrownBy(() -> tenants.switchOver(Duration.ofMillis(200)))
                .isInstanceOf(ContentionException.class)
                .hasMessageContaining("key \"7\" was not in time");
        startWorkers();
        tenants.switchOver(PATIENCE);
        assertThat(atNew("7")).isEqualTo("seven paid");
    }

    @Test
    void aSwitchBackThatFailsWhileNobodyIsInChargePutsNobodyInChargeWhoLacksWrites() throws Exception {
        DualWrite<Tenant> distant = distant();
        toSecond.mode(Mode.REFUSE);
        distant.write("7", new Tenant("seven", "paid"));
        toSecond.mode(Mode.PASS);
        first.execute("UPDATE penstock.dual_write SET in_charge = false, epoch = 2");
        AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
        DualWrite<Tenant> failing = DualWrite.between(
                "tenants", Tenant.class, cluster("old", Failing.after(left, poolOfFirst), Tenants.OLD), fresh);
        left.set(3); // it is away when it would be put in charge
        assertThatThrownBy(() -> failing.back(PATIENCE)).isInstanceOf(DatabaseUnavailableException.class);
        assertThat(inCharge(new Sides<>("tenants", List.of(old, fresh)))).isZero();
        tenants.back(PATIENCE);
        startWorkers();
        awaitNew("7", "seven paid");
    }

    @Test
    void aSwitchThatSeemedMirroredHoldsWritersUpForSecondsOnly() throws Exception {
        DualWrite<Tenant> distant = distant();
        distant.write("7", new Tenant("seven", "free")); // so the key was mirrored a moment ago, and seems to keep up
        toSecond.mode(Mode.REFUSE);
        assertThat(distant.write("7", new Tenant("seven", "paid")).mirrored()).isFalse();
        toSecond.mode(Mode.PASS);
        CompletableFuture<Void> switching = CompletableFuture.runAsync(() -> tenants.switchOver(PATIENCE));
        await().atMost(PATIENCE)
                .until(() -> switching.isDone()
                        || first.number("SELECT count(*) FROM penstock.dual_write WHERE NOT in_charge") == 1);
        assertThat(tenants.write("8", new Tenant("eight", "free")).sequence())
                .as("it waits for the end of the attempt, and is not refused")
                .isEqualTo(1);
        assertThatThrownBy(switching::join)
                .hasRootCauseInstanceOf(ContentionException.class)
                .hasMessageContaining("while nobody is in charge, key \"7\" was not in time");
        assertThat(tenants.inCharge().name()).isEqualTo("old");
    }

    @Test
    void aSideThatGoesAwayAmidASwitchLeavesTheFirstInCharge() {
        AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
        DataSource failing = Failing.after(left, poolOfSecond);
        DualWrite<Tenant> switching =
                DualWrite.between("tenants", Tenant.class, old, cluster("new", failing, Tenants.NEW));
        int refused = 0;
        while (true) {
            left.set(refused);
            try {
                switching.switchOver(PATIENCE);
                break;
            } catch (DatabaseUnavailableException away) {
                assertThat(tenants.inCharge().name())
                        .as("away after %d connections", refused)
                        .isEqualTo("old");
                refused++;
            }
        }
        assertThat(refused).isGreaterThanOrEqualTo(3);
        assertThat(tenants.inCharge().name()).isEqualTo("new");
    }

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
            assertThat(inCharge(new Sides<>("tenants", List.of(old, fresh)))).isLessThan(2);
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
        Sides<Tenant> sides = new Sides<>("tenants", List.of(old, fresh));
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
                    assertThat(inCharge(sides))
                            .as("in charge after: %s", history)
                            .isLessThan(2);
                }
                new Switch<>(sides, 1).run(PATIENCE);
                assertThat(sides.state(1).inCharge())
                        .as("in the end, after: %s", history)
                        .isTrue();
                assertThat(inCharge(sides)).isEqualTo(1);
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

    private static int inCharge(Sides<Tenant> sides) {
        return (sides.state(0).inCharge() ? 1 : 0) + (sides.state(1).inCharge() ? 1 : 0);
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

    /** A side that has a number of connections to give, and then none. */
    private static final class Failing {

        static DataSource after(AtomicInteger left, DataSource dataSource) {
            return (DataSource) Proxy.newProxyInstance(
                    Failing.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("getConnection") && left.getAndDecrement() <= 0) {
                            throw new SQLException("the side is away", "08001");
                        }
                        return method.invoke(dataSource, arguments);
                    });
        }
    }
}
