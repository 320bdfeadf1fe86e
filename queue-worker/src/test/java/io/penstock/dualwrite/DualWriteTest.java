package io.penstock.dualwrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.JobQueue;
import io.penstock.error.ContentionException;
import io.penstock.error.DatabaseUnavailableException;
import io.penstock.error.IndeterminateException;
import io.penstock.error.IndeterminateException.Resolution;
import io.penstock.error.LockTimeoutException;
import io.penstock.error.RefusedException;
import io.penstock.handler.HandlerRegistration;
import io.penstock.store.DualWriteStore.KeptWrite;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.TcpProxy;
import io.penstock.testkit.TcpProxy.Cut;
import io.penstock.testkit.TcpProxy.Mode;
import io.penstock.worker.Worker;
import io.penstock.worker.WorkerBuilder;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two databases, workers on both, and what goes wrong between them. */
class DualWriteTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private PenstockDatabase first = PenstockDatabase.create("first", true);
    private PenstockDatabase second = PenstockDatabase.create("second", true);
    private TcpProxy toFirst = TcpProxy.before(first.dataSource());
    private TcpProxy toSecond = TcpProxy.before(second.dataSource());
    private HikariDataSource poolOfFirst = pool(first);
    private HikariDataSource poolOfSecond = pool(second);
    private Cluster<Tenant> old = cluster("old", poolOfFirst, Tenants.OLD);
    private Cluster<Tenant> fresh = cluster("new", poolOfSecond, Tenants.NEW);
    private DualWrite<Tenant> tenants = DualWrite.between("tenants", Tenant.class, old, fresh);

    private static HikariDataSource pool(PenstockDatabase database) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setMaximumPoolSize(10);
        config.setMinimumIdle(1);
        return new HikariDataSource(config);
    }

    private static Cluster<Tenant> cluster(String name, DataSource dataSource, Side<Tenant> side) {
        return new Cluster<>(name, JobQueue.on(dataSource), side);
    }

    /** The same dual write, by another process whose network may fail. */
    private DualWrite<Tenant> distant() {
        return DualWrite.between(
                        "tenants",
                        Tenant.class,
                        cluster("old", toFirst.dataSource(first.dataSource()), Tenants.OLD),
                        cluster("new", toSecond.dataSource(second.dataSource()), Tenants.NEW))
                .meters(meters);
    }

    @BeforeEach
    void tables() throws SQLException {
        first.execute(Tenants.OLD_TABLE);
        second.execute(Tenants.NEW_TABLE);
        tenants.declare();
        tenants.meters(meters);
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        poolOfFirst.close();
        poolOfSecond.close();
        toFirst.close();
        toSecond.close();
        first.close();
        second.close();
    }

    private void startWorkers() {
        for (Cluster<Tenant> cluster : List.of(old, fresh)) {
            WorkerBuilder builder =
                    Worker.on(cluster.queue()).name(cluster.name()).capacity(4).queue(tenants.queue());
            for (HandlerRegistration<?> handler : tenants.handlers(cluster)) {
                builder.handle(handler);
            }
            open.add(0, builder.start());
        }
    }

    private String atOld(String key) throws SQLException {
        return String.join(",", first.query("SELECT name || ' ' || plan FROM tenant WHERE id = '" + key + "'"));
    }

    private String atNew(String key) throws SQLException {
        return String.join(
                ",", second.query("SELECT name || ' ' || (details ->> 'plan') FROM account WHERE key = '" + key + "'"));
    }

    private void awaitNew(String key, String expected) {
        await().atMost(PATIENCE).until(() -> atNew(key).equals(expected));
    }

    private double count(String meter, String tag, String value) {
        var counter = meters.find(meter).tags(tag, value).counter();
        return counter == null ? 0 : counter.count();
    }

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
        toSecond.mode(Mode.REFUSE);
        distant.write("7", new Tenant("seven", "plan-0"));
        toSecond.mode(Mode.PASS);
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
    void comparingReadsTellDifferencesApartFromWhatIsOnItsWay() throws Exception {
        tenants.write("7", new Tenant("seven", "free"));
        tenants.read("7");
        assertThat(meters.find("penstock.dualwrite.compared").counter()).isNull();
        tenants.comparing(true);
        tenants.read("7");
        assertThat(count("penstock.dualwrite.compared", "result", "equal")).isEqualTo(1);
        second.execute("UPDATE account SET name = 'changed by hand'");
        assertThat(tenants.read("7")).contains(new Tenant("seven", "free"));
        assertThat(count("penstock.dualwrite.compared", "result", "different")).isEqualTo(1);
        first.execute("UPDATE penstock.dual_write_key SET sequence = 2");
        tenants.read("7");
        assertThat(count("penstock.dualwrite.compared", "result", "in-flight")).isEqualTo(1);
    }

    @Test
    void reconciliationCopiesWhatWasThereRepairsWhatDiffersAndThenFindsNothing() throws Exception {
        first.execute("INSERT INTO tenant SELECT 'k' || g, 'tenant ' || g, 'free' FROM generate_series(1, 700) AS g");
        startWorkers();
        assertThat(result(tenants.reconcile(false))).contains("\"keys\":700", "\"different\":700", "\"equal\":false");
        assertThat(result(tenants.reconcile(true))).contains("\"repaired\":700");
        await().atMost(PATIENCE).until(() -> second.number("SELECT count(*) FROM account") == 700);
        second.execute("UPDATE account SET name = 'changed by hand' WHERE key IN ('k7', 'k8')");
        second.execute("INSERT INTO account VALUES ('extra', 'not there', '{\"plan\": \"free\"}')");
        assertThat(result(tenants.reconcile(true))).contains("\"keys\":701", "\"different\":3", "\"repaired\":3");
        await().atMost(PATIENCE)
                .until(() ->
                        second.number("SELECT count(*) FROM account WHERE name LIKE '%by hand' OR key = 'extra'") == 0);
        assertThat(result(tenants.reconcile(false))).contains("\"different\":0", "\"equal\":true");
    }

    @Test
    void aComparisonThatFailsGoesOnWhereItWas() throws Exception {
        first.execute("INSERT INTO tenant SELECT 'k' || g, 'tenant ' || g, 'free' FROM generate_series(1, 700) AS g");
        second.execute(
                "INSERT INTO account SELECT 'k' || g, 'tenant ' || g, '{\"plan\": \"free\"}' FROM generate_series(1, 700) AS g");
        List<String> asked = new CopyOnWriteArrayList<>();
        Side<Tenant> failingOnce = new FailingKeys(asked);
        old = cluster("old", poolOfFirst, failingOnce);
        tenants = DualWrite.between("tenants", Tenant.class, old, fresh);
        startWorkers();
        assertThat(result(tenants.reconcile(false))).contains("\"keys\":700", "\"equal\":true");
        assertThat(asked)
                .as("the first range once, the second twice, and what is after it")
                .hasSize(4);
        assertThat(asked.get(1)).isEqualTo(asked.get(2)).isNotEmpty();
    }

    /** The old side, whose second range of keys cannot be read the first time. */
    private record FailingKeys(List<String> asked) implements Side<Tenant> {

        @Override
        public void write(Connection connection, String key, @Nullable Tenant value) throws SQLException {
            Tenants.OLD.write(connection, key, value);
        }

        @Override
        public Map<String, Tenant> read(Connection connection, Collection<String> keys) throws SQLException {
            return Tenants.OLD.read(connection, keys);
        }

        @Override
        public List<String> keys(Connection connection, String after, int most) throws SQLException {
            asked.add(after);
            if (asked.size() == 2) {
                throw new SQLException("the second range fails once", "XX000");
            }
            return Tenants.OLD.keys(connection, after, most);
        }
    }

    private String result(UUID job) {
        await().atMost(PATIENCE)
                .until(() -> old.queue().find(job).orElseThrow().state().terminal());
        try {
            return first.query("SELECT result::text FROM penstock.finished WHERE id = '" + job + "'")
                    .get(0)
                    .replace(" ", "");
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
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
