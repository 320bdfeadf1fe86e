package io.penstock.admin;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.operate.Blocker;
import io.penstock.operate.BlockerOperations;
import io.penstock.store.BlockerStore;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many sessions of the database wait for locks, and how many of them behind one: a pile is the sign of a lock that nobody lets go. */
final class LockGauges {

    private static final Logger log = LoggerFactory.getLogger(LockGauges.class);

    private final DataSource dataSource;
    private volatile double waiting = Double.NaN;
    private volatile double behindOne = Double.NaN;
    private boolean failing;

    LockGauges(DataSource dataSource, MeterRegistry registry) {
        this.dataSource = dataSource;
        Gauge.builder("penstock.locks.waiting", () -> waiting)
                .description("sessions of the database that wait for a lock, anybody's")
                .baseUnit("sessions")
                .register(registry);
        Gauge.builder("penstock.locks.behind.one", () -> behindOne)
                .description("the most sessions that wait, directly or not, for one session or prepared transaction")
                .baseUnit("sessions")
                .register(registry);
    }

    /** Reads them. Without the database they are not a number. */
    synchronized void refresh() {
        try (Session session = Session.open(dataSource, TransactionLimits.DEFAULT)) {
            List<Blocker> blockers = BlockerOperations.of(session.inTransaction(BlockerStore::parties));
            waiting = blockers.stream()
                    .mapToInt(blocker -> blocker.waiting().size())
                    .sum();
            behindOne = blockers.stream()
                    .mapToInt(blocker -> blocker.waiting().size())
                    .max()
                    .orElse(0);
            failing = false;
        } catch (SQLException failure) {
            waiting = Double.NaN;
            behindOne = Double.NaN;
            if (!failing) {
                failing = true;
                log.warn("metrics go without the waits for locks: {}", SqlFailure.describe(failure));
            }
        }
    }
}
