package io.penstock.diagnose;

import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.database.Work;
import io.penstock.error.PenstockException;
import io.penstock.job.Checks;
import io.penstock.job.QueueStatus;
import io.penstock.migrate.SchemaVersion;
import io.penstock.operate.QueueOperations;
import io.penstock.store.DoctorStore;
import io.penstock.store.DoctorStore.ServerSession;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * Runs every check, each for itself: one that cannot be made is a finding, and the others go on. Needs the rights of {@code
 * penstock_reader}; what a login is not told is said.
 */
public final class Doctor {

    private final DataSource dataSource;
    private final String url;
    private final Clock clock;

    /**
     * An examination.
     *
     * @param url what the connections are made with, for what the driver is set to
     * @param clock this machine's
     */
    public Doctor(DataSource dataSource, String url, Clock clock) {
        this.dataSource = Checks.present("data source", dataSource);
        this.url = Checks.present("url", url);
        this.clock = Checks.present("clock", clock);
    }

    /** The findings, in the order in which they matter: without a connection there are no others. */
    public List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        Instant before = clock.instant();
        Optional<ServerSession> session = server(findings);
        if (session.isEmpty()) {
            return findings;
        }
        Instant after = clock.instant();
        findings.addAll(ServerChecks.of(session.get()));
        findings.add(ClientChecks.clocks(session.get().clock(), before, after));
        findings.add(ClientChecks.driver(url));
        findings.add(checked("pooler", () -> PoolerCheck.look(dataSource)));
        findings.add(checked(
                "snapshots",
                () -> StorageChecks.snapshots(
                        transact("snapshots", DoctorStore::snapshotHolders),
                        session.get().seesOthers())));
        Finding schema = checked(
                "schema",
                () -> Finding.ok("schema", "version " + transact("schema \"penstock\"", SchemaVersion::check)));
        findings.add(schema);
        if (schema.level() == Finding.Level.OK) {
            ofPenstock(findings);
        }
        return findings;
    }

    private void ofPenstock(List<Finding> findings) {
        findings.add(
                checked("days", () -> StorageChecks.days(transact("days of \"finished\"", DoctorStore::daysAhead))));
        findings.add(checked("indexes", () -> StorageChecks.indexes(transact("indexes", DoctorStore::invalidIndexes))));
        findings.add(checked("workers", () -> FleetChecks.workers(transact("workers", DoctorStore::workers))));
        try {
            List<QueueStatus> queues = QueueOperations.unaudited(dataSource).list();
            findings.addAll(FleetChecks.queues(queues, clock.instant()));
            findings.addAll(FleetChecks.guarantees(queues, transact("load of queues", DoctorStore::load)));
        } catch (PenstockException failure) {
            findings.add(failed("queues", failure));
        }
    }

    private Optional<ServerSession> server(List<Finding> findings) {
        try (Session session = Session.open(dataSource, TransactionLimits.DEFAULT)) {
            String version = session.connection().getMetaData().getDatabaseProductVersion();
            ServerSession found = session.inTransaction(DoctorStore::session);
            findings.add(Finding.ok(
                    "connection",
                    "PostgreSQL " + version + ", database \"" + found.database() + "\", login \"" + found.login()
                            + "\""));
            return Optional.of(found);
        } catch (SQLException failure) {
            findings.add(failed("connection", SqlFailure.translate("database", failure)));
            return Optional.empty();
        }
    }

    private static Finding checked(String subject, Supplier<Finding> check) {
        try {
            return check.get();
        } catch (PenstockException failure) {
            return failed(subject, failure);
        }
    }

    private static Finding failed(String subject, PenstockException failure) {
        return new Finding(Finding.Level.FAIL, subject, String.valueOf(failure.getMessage()), null);
    }

    private <T> T transact(String subject, Work<T> work) {
        try (Session session = Session.open(dataSource, TransactionLimits.DEFAULT)) {
            return session.inTransaction(work);
        } catch (SQLException failure) {
            throw SqlFailure.translate(subject, failure);
        }
    }
}
