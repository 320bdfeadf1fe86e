package io.penstock.dualwrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.JobQueue;
import io.penstock.handler.HandlerRegistration;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.TcpProxy;
import io.penstock.testkit.TcpProxy.Mode;
import io.penstock.worker.Worker;
import io.penstock.worker.WorkerBuilder;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A dual write between two databases, whose networks may fail. */
abstract class TwoClusters {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<AutoCloseable> open = new ArrayList<>();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final PenstockDatabase first = PenstockDatabase.create("first", true);
    final PenstockDatabase second = PenstockDatabase.create("second", true);
    final TcpProxy toFirst = TcpProxy.before(first.dataSource());
    final TcpProxy toSecond = TcpProxy.before(second.dataSource());
    final HikariDataSource poolOfFirst = pool(first);
    final HikariDataSource poolOfSecond = pool(second);
    Cluster<Tenant> old = cluster("old", poolOfFirst, Tenants.OLD);
    final Cluster<Tenant> fresh = cluster("new", poolOfSecond, Tenants.NEW);
    DualWrite<Tenant> tenants = DualWrite.between("tenants", Tenant.class, old, fresh);

    private static HikariDataSource pool(PenstockDatabase database) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setMaximumPoolSize(10);
        config.setMinimumIdle(1);
        return new HikariDataSource(config);
    }

    static Cluster<Tenant> cluster(String name, DataSource dataSource, Side<Tenant> side) {
        return new Cluster<>(name, JobQueue.on(dataSource), side);
    }

    /** The same dual write, by another process whose network may fail. */
    DualWrite<Tenant> distant() {
        return DualWrite.between(
                        "tenants",
                        Tenant.class,
                        cluster("old", toFirst.dataSource(first.dataSource()), Tenants.OLD),
                        cluster("new", toSecond.dataSource(second.dataSource()), Tenants.NEW))
                .meters(meters);
    }

    Sides<Tenant> sides() {
        return new Sides<>("tenants", List.of(old, fresh));
    }

    /** How many sides are in charge. */
    int inCharge() {
        return (sides().state(0).inCharge() ? 1 : 0) + (sides().state(1).inCharge() ? 1 : 0);
    }

    /** Writes while the new side is away: the write is kept on the old one. */
    Written writeWhileAway(DualWrite<Tenant> distant, String key, Tenant value) throws IOException {
        toSecond.mode(Mode.REFUSE);
        Written written = distant.write(key, value);
        assertThat(written.mirrored()).isFalse();
        toSecond.mode(Mode.PASS);
        return written;
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

    void startWorkers() {
        for (Cluster<Tenant> cluster : List.of(old, fresh)) {
            WorkerBuilder builder =
                    Worker.on(cluster.queue()).name(cluster.name()).capacity(4).queue(tenants.queue());
            for (HandlerRegistration<?> handler : tenants.handlers(cluster)) {
                builder.handle(handler);
            }
            open.add(0, builder.start());
        }
    }

    String atOld(String key) throws SQLException {
        return String.join(",", first.query("SELECT name || ' ' || plan FROM tenant WHERE id = '" + key + "'"));
    }

    String atNew(String key) throws SQLException {
        return String.join(
                ",", second.query("SELECT name || ' ' || (details ->> 'plan') FROM account WHERE key = '" + key + "'"));
    }

    void awaitNew(String key, String expected) {
        await().atMost(PATIENCE).until(() -> atNew(key).equals(expected));
    }

    double count(String meter, String tag, String value) {
        var counter = meters.find(meter).tags(tag, value).counter();
        return counter == null ? 0 : counter.count();
    }
}
