package io.penstock.dualwrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.error.ContentionException;
import io.penstock.error.DatabaseUnavailableException;
import io.penstock.store.DualWriteStore.KeptWrite;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

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
        writeWhileAway(distant, "7", new Tenant("seven", "paid"));
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
        assertThat(writeWhileAway(distant, "7", new Tenant("seven", "away"))).isEqualTo(new Written(2, false));
        assertThat(tenants.write("7", new Tenant("seven", "paid"))).isEqualTo(new Written(3, true));
        assertThat(tenants.writeBoth("7", new Tenant("seven", "both"))).isEqualTo(new Written(4, true));
        assertThat(atNew("7")).isEqualTo("seven both");
    }

    @Test
    void aSwitchThatBrokeOffLongAgoWaitsForWhatWasWrittenBeforeIt() throws Exception {
        DualWrite<Tenant> distant = distant();
        writeWhileAway(distant, "7", new Tenant("seven", "paid"));
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
        writeWhileAway(distant, "7", new Tenant("seven", "paid"));
        first.execute("UPDATE penstock.dual_write SET in_charge = false, epoch = 2");
        AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
        DualWrite<Tenant> failing = DualWrite.between(
                "tenants", Tenant.class, cluster("old", after(left, poolOfFirst), Tenants.OLD), fresh);
        left.set(3); // it is away when it would be put in charge
        assertThatThrownBy(() -> failing.back(PATIENCE)).isInstanceOf(DatabaseUnavailableException.class);
        assertThat(inCharge()).isZero();
        tenants.back(PATIENCE);
        startWorkers();
        awaitNew("7", "seven paid");
    }

    @Test
    void aSwitchThatSeemedMirroredHoldsWritersUpForSecondsOnly() throws Exception {
        DualWrite<Tenant> distant = distant();
        distant.write("7", new Tenant("seven", "free")); // so the key was mirrored a moment ago, and seems to keep up
        writeWhileAway(distant, "7", new Tenant("seven", "paid"));
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
        DataSource failing = after(left, poolOfSecond);
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

    /** A side that has a number of connections to give, and then none. */
    private static DataSource after(AtomicInteger left, DataSource dataSource) {
        return (DataSource) Proxy.newProxyInstance(
                SwitchTest.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getConnection") && left.getAndDecrement() <= 0) {
                        throw new SQLException("the side is away", "08001");
                    }
                    return method.invoke(dataSource, arguments);
                });
    }
}
