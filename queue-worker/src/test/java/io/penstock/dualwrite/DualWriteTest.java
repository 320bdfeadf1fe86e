package io.penstock.dualwrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.error.ContentionException;
import io.penstock.error.DatabaseUnavailableException;
import io.penstock.error.IndeterminateException;
import io.penstock.error.IndeterminateException.Resolution;
import io.penstock.error.LockTimeoutException;
import io.penstock.error.RefusedException;
import io.penstock.testkit.TcpProxy.Cut;
import io.penstock.testkit.TcpProxy.Mode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Writes on both sides, and what goes wrong between them. */
class DualWriteTest extends TwoClusters {

    @Test
    void aWriteIsOnBothSidesWhenTheOtherIsWell() throws SQLException {
        assertThat(tenants.write("7", new Tenant("seven", "free"))).isEqualTo(new Written(1, true));
        assertThat(tenants.write("7", new Tenant("seven", "paid"))).isEqualTo(new Written(2, true));
        assertThat(tenants.read("7")).contains(new Tenant("seven", "paid"));
        assertThat(atOld("7")).isEqualTo("seven paid");
        assertThat(atNew("7")).isEqualTo("seven paid");
        assertThat(tenants.write("7", null)).isEqualTo(new Written(3, true));
        assertThat(tenants.read("7")).isEmpty();
        assertThat(atNew("7")).isEmpty();
        assertThat(first.openTransactions()).isEmpty();
        assertThat(second.openTransactions()).isEmpty();
    }

    @Test
    void eachWriteIsMadeOnceOnTheOtherSideByWhoeverComesFirst() throws SQLException {
        startWorkers();
        second.execute(Tenants.COUNTED);
        for (int write = 1; write <= 5; write++) {
            tenants.write("7", new Tenant("seven", "plan-" + write));
        }
        await().atMost(PATIENCE).until(() -> first.number("SELECT count(*) FROM penstock.dual_write_op") == 0);
        assertThat(second.query("SELECT plan FROM written ORDER BY number"))
                .containsExactly("plan-1", "plan-2", "plan-3", "plan-4", "plan-5");
    }

    @Test
    void aSideThatIsAwayTouchesNoWriteAndHasThemAllInOrderWhenItIsBack() throws Exception {
        second.execute(Tenants.COUNTED);
        DualWrite<Tenant> distant = distant();
        toSecond.mode(Mode.REFUSE);
        for (int write = 1; write <= 12; write++) {
            assertThat(distant.write("7", new Tenant("seven", "plan-" + write))).isEqualTo(new Written(write, false));
        }
        assertThat(count("penstock.dualwrite.left", "why", "failed")).isGreaterThanOrEqualTo(5);
        assertThat(count("penstock.dualwrite.left", "why", "breaker-open")).isPositive();
        assertThat(atNew("7")).isEmpty();
        startWorkers();
        awaitNew("7", "seven plan-12");
        assertThat(second.query("SELECT plan FROM written ORDER BY number"))
                .hasSize(12)
                .endsWith("plan-12");
    }

    @Test
    void aKeyThatIsWrittenToAllTheTimeCatchesUp() throws Exception {
        DualWrite<Tenant> distant = distant();
        writeWhileAway(distant, "7", new Tenant("seven", "plan-0"));
        startWorkers();
        AtomicInteger written = new AtomicInteger();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> distant.write("7", new Tenant("seven", "plan-" + written.incrementAndGet()))
                        .mirrored());
        assertThat(atNew("7")).isEqualTo("seven plan-" + written.get());
    }

    @Test
    void aRowThatSomebodyHoldsOnTheOtherSideHoldsUpNobodyButItself() throws SQLException {
        tenants.write("7", new Tenant("seven", "free"));
        try (Connection holder = second.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("UPDATE account SET name = name WHERE key = '7'");
            assertThat(tenants.write("7", new Tenant("seven", "paid"))).isEqualTo(new Written(2, false));
            assertThat(tenants.write("8", new Tenant("eight", "paid"))).isEqualTo(new Written(1, true));
            assertThatThrownBy(() -> tenants.writeBoth("7", new Tenant("seven", "both")))
                    .as("who must have both has none")
                    .isInstanceOf(LockTimeoutException.class);
            assertThat(atOld("7")).isEqualTo("seven paid");
            holder.rollback();
        }
        startWorkers();
        awaitNew("7", "seven paid");
    }

    @Test
    void aLockedRowOfTheSideInChargeFailsTheWriteAndLeavesNothing() throws SQLException {
        tenants.write("7", new Tenant("seven", "free"));
        try (Connection holder = first.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("UPDATE tenant SET name = name WHERE id = '7'");
            assertThatThrownBy(() -> tenants.write("7", new Tenant("seven", "paid")))
                    .isInstanceOf(LockTimeoutException.class);
            holder.rollback();
        }
        assertThat(atNew("7")).isEqualTo("seven free");
        assertThat(first.query("SELECT sequence FROM penstock.dual_write_key")).containsExactly("1");
    }

    @Test
    void writesOfOneKeyTakeTurnsAndFewWait() throws Exception {
        Flights flights = new Flights();
        Flights.Flight flying = flights.enter("7");
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        AtomicInteger refused = new AtomicInteger();
        for (int caller = 0; caller < Flights.MOST_WAITING + 3; caller++) {
            waiting.add(CompletableFuture.runAsync(
                    () -> {
                        try {
                            flights.enter("7").close();
                        } catch (ContentionException full) {
                            refused.incrementAndGet();
                        }
                    },
                    command -> new Thread(command).start()));
        }
        flights.enter("8").close();
        for (CompletableFuture<Void> one : waiting) {
            one.get();
        }
        assertThat(refused).as("too many, and those whose patience ended").hasValue(Flights.MOST_WAITING + 3);
        flying.close();
        flights.enter("7").close();
    }

    @Test
    void aCommitThatIsNotAnsweredIsMirroredIfItTookPlace() throws Exception {
        DualWrite<Tenant> distant = distant();
        distant.inCharge();
        toFirst.cut("tenant", Cut.AFTER_COMMIT);
        assertThatThrownBy(() -> distant.write("7", new Tenant("seven", "paid")))
                .isInstanceOfSatisfying(
                        IndeterminateException.class,
                        unknown -> assertThat(unknown.resolve()).isEqualTo(Resolution.COMMITTED));
        toFirst.cut("tenant", Cut.BEFORE_COMMIT);
        assertThatThrownBy(() -> distant.write("8", new Tenant("eight", "paid")))
                .isInstanceOfSatisfying(
                        IndeterminateException.class,
                        unknown -> assertThat(unknown.resolve()).isEqualTo(Resolution.ROLLED_BACK));
        startWorkers();
        awaitNew("7", "seven paid");
        assertThat(atOld("8")).isEmpty();
        assertThat(atNew("8")).isEmpty();
    }

    @Test
    void aMirroredCommitThatIsNotAnsweredIsNotMadeTwice() throws Exception {
        second.execute(Tenants.COUNTED);
        DualWrite<Tenant> distant = distant();
        toSecond.cut("account", Cut.AFTER_COMMIT);
        assertThat(distant.write("7", new Tenant("seven", "paid"))).isEqualTo(new Written(1, false));
        startWorkers();
        await().atMost(PATIENCE).until(() -> first.number("SELECT count(*) FROM penstock.dual_write_op") == 0);
        assertThat(second.query("SELECT plan FROM written")).containsExactly("paid");
    }

    @Test
    void bothAtOnceIsBothOrNone() throws Exception {
        assertThat(tenants.writeBoth("7", new Tenant("seven", "free"))).isEqualTo(new Written(1, true));
        assertThat(atNew("7")).isEqualTo("seven free");
        DualWrite<Tenant> distant = distant();
        distant.inCharge();

        toFirst.cut("tenant", Cut.BEFORE_COMMIT);
        assertThatThrownBy(() -> distant.writeBoth("7", new Tenant("seven", "lost")))
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining("without effect");
        toFirst.cut("tenant", Cut.AFTER_COMMIT);
        assertThat(distant.writeBoth("7", new Tenant("seven", "resolved"))).isEqualTo(new Written(2, true));
        assertThat(atOld("7")).isEqualTo("seven resolved");
        assertThat(atNew("7")).isEqualTo("seven resolved");

        toSecond.cut("account", Cut.BEFORE_COMMIT);
        assertThat(distant.writeBoth("7", new Tenant("seven", "paid"))).isEqualTo(new Written(3, false));
        assertThat(atNew("7")).isEqualTo("seven resolved");
        startWorkers();
        awaitNew("7", "seven paid");
    }

    @Test
    void badInputIsRefusedAtOnce() {
        assertThatThrownBy(() -> tenants.write("", new Tenant("seven", "free")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("key of a dual write: expected 1 to");
        assertThatThrownBy(() -> DualWrite.between("Tenants", Tenant.class, old, fresh))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> DualWrite.between("tenants", Tenant.class, old, old))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("expected two names, was twice \"old\"");
        assertThatThrownBy(() ->
                        DualWrite.between("unknown", Tenant.class, old, fresh).write("7", new Tenant("seven", "free")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("expected a declared dual write, by declare(), was none of that name");
        assertThatThrownBy(() -> tenants.handlers(cluster("third", first.dataSource(), Tenants.OLD)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("expected one of the two");
    }
}
