package io.penstock.admin;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.store.DepthStore;
import io.penstock.store.QueueStore;
import io.penstock.store.QueueStore.StoredQueue;
import io.penstock.transaction.TransactionLimits;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gauge per queue of how much waits in it, read from the database when somebody asks, and never further than a cap. */
final class QueueDepths {

    /** One more than the largest depth that is told apart. */
    static final int CAP = 10_001;

    private static final Logger log = LoggerFactory.getLogger(QueueDepths.class);

    private final DataSource dataSource;
    private final MultiGauge gauge;
    private boolean failing;

    QueueDepths(DataSource dataSource, MeterRegistry registry) {
        this.dataSource = dataSource;
        this.gauge = MultiGauge.builder("penstock.queue.depth")
                .description("eligible and unclaimed jobs; " + CAP + " means that many or more")
                .baseUnit("jobs")
                .register(registry);
    }

    /** Reads the depths. Without the database there are none, which is not the same as zero. */
    synchronized void refresh() {
        try (Session session = Session.open(dataSource, TransactionLimits.DEFAULT)) {
            gauge.register(session.inTransaction(QueueDepths::read), true);
            failing = false;
        } catch (SQLException failure) {
            gauge.register(List.of(), true);
            if (!failing) {
                failing = true;
                log.warn("metrics go without the depths of queues: {}", SqlFailure.describe(failure));
            }
        }
    }

    private static List<MultiGauge.Row<?>> read(Connection connection) throws SQLException {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (StoredQueue queue : QueueStore.all(connection)) {
            rows.add(MultiGauge.Row.of(
                    Tags.of("queue", queue.name()), DepthStore.depth(connection, queue.queueId(), CAP)));
        }
        return rows;
    }
}
