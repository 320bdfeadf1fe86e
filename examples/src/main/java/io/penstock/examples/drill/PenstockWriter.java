package io.penstock.examples.drill;

import com.zaxxer.hikari.HikariDataSource;
import io.penstock.JobQueue;
import io.penstock.dualwrite.Cluster;
import io.penstock.dualwrite.DualWrite;
import io.penstock.error.ContentionException;
import io.penstock.error.DatabaseUnavailableException;
import io.penstock.error.IndeterminateException;
import io.penstock.error.IndeterminateException.Resolution;
import io.penstock.error.PenstockException;
import io.penstock.worker.Worker;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** By Penstock: A commits with the order to mirror, B comes after that, and a caller tries a few times. */
final class PenstockWriter implements TenantWriter {

    private static final String NAME = "tenants";
    private static final int TRIES = 3;
    private static final long AGAIN_AFTER_MILLIS = 200;

    private final HikariDataSource a;
    private final HikariDataSource b;
    private final Queue<FaultPoint> onA = new ConcurrentLinkedQueue<>();
    private final Queue<FaultPoint> onB = new ConcurrentLinkedQueue<>();
    private final Cluster<TenantRow> inCharge;
    private final DualWrite<TenantRow> tenants;

    PenstockWriter(DataSource toA, DataSource toB) {
        this.a = TwoClusters.pool(toA);
        this.b = TwoClusters.pool(toB);
        this.inCharge =
                new Cluster<>("a", JobQueue.on(a), new TenantTable((connection, key) -> reach(onA, connection, key)));
        this.tenants = DualWrite.between(
                NAME,
                TenantRow.class,
                inCharge,
                new Cluster<>("b", JobQueue.on(b), new TenantTable((connection, key) -> reach(onB, connection, key))));
        tenants.declare();
    }

    /** The worker that brings B what was not brought at once, over connections of its own. */
    Worker worker(DataSource toA) {
        var builder = Worker.on(JobQueue.on(toA)).name("mirror").capacity(4).queue(tenants.queue());
        tenants.handlers(inCharge).forEach(handler -> builder.handle(handler));
        return builder.start();
    }

    private static void reach(Queue<FaultPoint> points, Connection connection, String key) throws SQLException {
        FaultPoint point = key.equals(TenantTable.TENANT) ? points.poll() : null;
        if (point == StandbyPoint.HERE) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL synchronous_commit = on");
            }
        } else if (point != null) {
            try {
                point.reached();
            } catch (SQLException failure) {
                throw failure;
            } catch (Exception failure) {
                throw new SQLException("the fault could not be made", "58000", failure);
            }
        }
    }

    /** Of the write whose commit is to wait for a standby. */
    private enum StandbyPoint implements FaultPoint {
        HERE;

        @Override
        public void reached() {}
    }

    @Override
    public void write(String key, long number) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                tenants.write(key, new TenantRow(number));
                return;
            } catch (IndeterminateException unknown) {
                Resolution resolution = unknown.resolve();
                if (resolution == Resolution.COMMITTED) {
                    return;
                }
                again(attempt, unknown);
            } catch (ContentionException | DatabaseUnavailableException failure) {
                again(attempt, failure);
            }
        }
    }

    private static void again(int attempt, PenstockException failure) throws InterruptedException {
        if (attempt == TRIES) {
            throw failure;
        }
        TimeUnit.MILLISECONDS.sleep(AGAIN_AFTER_MILLIS);
    }

    @Override
    public void writeInto(Form form, String key, long number, FaultPoint point) throws Exception {
        switch (form) {
            case TRIGGER, TERMINATED -> onA.add(point);
            case STANDBY -> {
                point.reached();
                onA.add(StandbyPoint.HERE);
            }
            case STOPPED, CUT_OFF, KILLED -> onB.add(point);
        }
        write(key, number);
    }

    @Override
    public void close() {
        a.close();
        b.close();
    }
}
