package io.penstock.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.database.Session;
import io.penstock.diagnose.Finding.Level;
import io.penstock.job.JobType;
import io.penstock.job.QueueDefinition;
import io.penstock.operate.QueueOperations;
import io.penstock.store.DoctorStore;
import io.penstock.store.WorkerStore;
import io.penstock.testkit.Login;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.transaction.TransactionLimits;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Each check is made to fail for real, or as near to it as a test can come. */
class DoctorTest {

    record Nothing() {}

    private static final String URL = "jdbc:postgresql://host/database?socketTimeout=30";
    private static final JobType<Nothing> TYPE = JobType.of("nothing", Nothing.class);

    private static List<Finding> examine(DataSource dataSource) {
        return new Doctor(dataSource, URL, Clock.systemUTC()).examine();
    }

    private static Finding of(List<Finding> findings, String subject) {
        return findings.stream()
                .filter(finding -> finding.subject().equals(subject))
                .findFirst()
                .orElseThrow(() -> new AssertionError(subject + " among " + findings));
    }

    private static PenstockDatabase database() {
        return PenstockDatabase.create("doctor", true);
    }

    private static void registerWorker(PenstockDatabase database) throws SQLException {
        try (Session session = Session.open(database.dataSource(), TransactionLimits.DEFAULT)) {
            session.inTransaction(connection -> WorkerStore.register(connection, "tester", Duration.ofSeconds(15)));
        }
    }

    @Test
    void aHealthyDatabaseWithALoginOfItsOwnHasNothingThatFails() throws SQLException {
        try (PenstockDatabase database = database();
                Login login = Login.in(database, "penstock_reader", "pg_read_all_stats")) {
            database.execute("ALTER ROLE " + login.name() + " SET idle_in_transaction_session_timeout = '60s'");
            database.jobQueue().declare(QueueDefinition.of("quiet", 0, 1, 1));
            registerWorker(database);

            List<Finding> findings = examine(login.dataSource());

            assertThat(findings)
                    .filteredOn(finding -> !finding.subject().equals("connections"))
                    .filteredOn(finding -> !finding.subject().equals("snapshots"))
                    .allSatisfy(finding -> assertThat(finding.level()).isEqualTo(Level.OK));
            assertThat(findings)
                    .extracting(Finding::subject)
                    .containsExactly(
                            "connection",
                            "roles",
                            "connections",
                            "timeouts",
                            "clocks",
                            "driver",
                            "pooler",
                            "snapshots",
                            "schema",
                            "days",
                            "indexes",
                            "workers",
                            "queues",
                            "guarantees");
        }
    }

    @Test
    void aServerThatCannotBeReachedIsTheOnlyFinding() {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setUrl("jdbc:postgresql://127.0.0.1:1/nowhere");
        assertThat(examine(nowhere)).singleElement().satisfies(finding -> {
            assertThat(finding.subject()).isEqualTo("connection");
            assertThat(finding.level()).isEqualTo(Level.FAIL);
        });
    }

    @Test
    void aMissingSchemaFailsAndWhatRestsOnItIsLeftOut() throws SQLException {
        try (PenstockDatabase empty = PenstockDatabase.create("doctor_empty", false)) {
            List<Finding> findings = examine(empty.dataSource());
            assertThat(of(findings, "schema").level()).isEqualTo(Level.FAIL);
            assertThat(of(findings, "schema").text()).contains("run penstock migrate");
            assertThat(findings).extracting(Finding::subject).doesNotContain("days", "workers");
        }
    }

    @Test
    void aLoginWithoutARoleFailsAndASuperuserIsWarnedOf() throws SQLException {
        try (PenstockDatabase database = database();
                Login login = Login.in(database)) {
            assertThat(of(examine(login.dataSource()), "roles"))
                    .extracting(Finding::level, Finding::text)
                    .containsExactly(Level.FAIL, "login \"" + login.name() + "\" is a member of none of Penstock's");
            assertThat(of(examine(database.dataSource()), "roles").level()).isEqualTo(Level.WARN);
        }
    }

    @Test
    void aLoginThatUsesAllItsConnectionsFails() throws SQLException {
        try (PenstockDatabase database = database();
                Login login = Login.in(database, "penstock_reader")) {
            database.execute("ALTER ROLE " + login.name() + " CONNECTION LIMIT 3");
            try (Connection one = login.dataSource().getConnection();
                    Connection other = login.dataSource().getConnection()) {
                assertThat(one).isNotSameAs(other);
                assertThat(of(examine(login.dataSource()), "connections"))
                        .extracting(Finding::level, Finding::text)
                        .containsExactly(Level.FAIL, "3 of 3 used by this login");
            }
        }
    }

    @Test
    void timeoutsThatAreMissingOrShorterThanAnEnqueueAreWarnedOf() throws SQLException {
        try (PenstockDatabase database = database();
                Login login = Login.in(database, "penstock_reader")) {
            assertThat(of(examine(login.dataSource()), "timeouts").level()).isEqualTo(Level.WARN);
            database.execute("ALTER ROLE " + login.name() + " SET idle_in_transaction_session_timeout = '60s'");
            assertThat(of(examine(login.dataSource()), "timeouts").level()).isEqualTo(Level.OK);
            database.execute("ALTER ROLE " + login.name() + " SET statement_timeout = '500ms'");
            assertThat(of(examine(login.dataSource()), "timeouts").level()).isEqualTo(Level.WARN);
        }
    }

    @Test
    void aDriverWithoutASocketTimeoutIsWarnedOf() {
        assertThat(ClientChecks.driver("jdbc:postgresql://h/d").level()).isEqualTo(Level.WARN);
        assertThat(ClientChecks.driver("jdbc:postgresql://h/d?ssl=true&socketTimeout=0")
                        .level())
                .isEqualTo(Level.WARN);
        assertThat(ClientChecks.driver("jdbc:postgresql://h/d?ssl=true&socketTimeout=30")
                        .level())
                .isEqualTo(Level.OK);
    }

    @Test
    void aClockThatIsOffIsWarnedOf() throws SQLException {
        try (PenstockDatabase database = database()) {
            Clock late = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-3));
            Finding clocks = of(new Doctor(database.dataSource(), URL, late).examine(), "clocks");
            assertThat(clocks.level()).isEqualTo(Level.WARN);
            assertThat(clocks.text()).matches("this machine and the server differ by at least 1[78][0-9]{4} ms");
        }
    }

    /** Two clients on one session is what a pooler in transaction mode makes of them. */
    @Test
    void aSessionThatIsSharedIsSeenAndOneThatIsNotIsNot() throws SQLException {
        try (PenstockDatabase database = database();
                Connection shared = database.connect()) {
            DataSource pooler = (DataSource) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {DataSource.class},
                    (proxy, method, arguments) -> Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {Connection.class},
                            (client, call, values) ->
                                    call.getName().equals("close") ? null : call.invoke(shared, values)));
            assertThat(PoolerCheck.look(pooler).level()).isEqualTo(Level.WARN);
            assertThat(PoolerCheck.look(database.dataSource()).level()).isEqualTo(Level.OK);
        }
    }

    @Test
    void anOldTransactionIsNamed() throws SQLException {
        try (PenstockDatabase database = database();
                Connection old = database.connect();
                Statement statement = old.createStatement()) {
            old.setAutoCommit(false);
            statement.execute("SELECT pg_current_xact_id()");
            try (Session session = Session.open(database.dataSource(), TransactionLimits.DEFAULT)) {
                assertThat(session.inTransaction(DoctorStore::snapshotHolders))
                        .anySatisfy(holder -> assertThat(holder.what()).contains("penstock-test"));
            }
            old.rollback();
        }
        DoctorStore.Holder old = new DoctorStore.Holder("session 7", 600, true);
        assertThat(StorageChecks.snapshots(List.of(old), true).text()).isEqualTo("session 7 for 600 s");
        assertThat(StorageChecks.snapshots(List.of(), false).level()).isEqualTo(Level.WARN);
        assertThat(StorageChecks.snapshots(List.of(), true).level()).isEqualTo(Level.OK);
    }

    @Test
    void daysThatAreNotMadeAheadAreWarnedOfAndFailWhenTomorrowIsMissing() throws SQLException {
        try (PenstockDatabase database = database()) {
            assertThat(of(examine(database.dataSource()), "days").level()).isEqualTo(Level.OK);
            drop(database, 2);
            assertThat(of(examine(database.dataSource()), "days").level()).isEqualTo(Level.WARN);
            drop(database, 1);
            assertThat(of(examine(database.dataSource()), "days"))
                    .extracting(Finding::level, Finding::text)
                    .containsExactly(Level.FAIL, "ended jobs have a place for 1 days from today on");
        }
    }

    private static void drop(PenstockDatabase database, int day) throws SQLException {
        database.execute("DROP TABLE penstock.finished_"
                + database.query("SELECT to_char((now() AT TIME ZONE 'UTC')::date + " + day + ", 'YYYYMMDD')")
                        .get(0));
    }

    @Test
    void anIndexWhoseBuildWasBrokenOffFails() throws SQLException {
        try (PenstockDatabase database = database()) {
            database.execute(
                    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'penstock.waiting_due'::regclass");
            assertThat(of(examine(database.dataSource()), "indexes"))
                    .extracting(Finding::level, Finding::text)
                    .containsExactly(Level.FAIL, "not valid, so not used: waiting_due");
        }
    }

    @Test
    void workersThatAreNotThereOrSilentAreWarnedOf() throws SQLException {
        try (PenstockDatabase database = database()) {
            assertThat(of(examine(database.dataSource()), "workers").text()).startsWith("0 alive");
            registerWorker(database);
            assertThat(of(examine(database.dataSource()), "workers").level()).isEqualTo(Level.OK);
            registerWorker(database);
            database.execute(
                    "UPDATE penstock.worker SET heartbeat_at = now() - interval '1 minute' WHERE worker_id = 2");
            assertThat(of(examine(database.dataSource()), "workers"))
                    .extracting(Finding::level, Finding::text)
                    .containsExactly(Level.WARN, "1 alive, 1 silent, 0 lost within the last hour");
        }
    }

    @Test
    void aQueueThatIsPausedOrThatNobodyWorksOnIsWarnedOf() throws SQLException {
        try (PenstockDatabase database = database()) {
            JobQueue jobQueue = database.jobQueue();
            jobQueue.declare(QueueDefinition.of("alone", 0, 1, 1));
            jobQueue.declare(QueueDefinition.of("held", 0, 1, 1));
            jobQueue.enqueue(TYPE.onQueue("alone").with(new Nothing()));
            QueueOperations.on(database.dataSource(), null).pause("held", "ada", null);
            assertThat(examine(database.dataSource()))
                    .extracting(Finding::subject)
                    .contains("queue \"held\"")
                    .doesNotContain("queue \"alone\"");

            database.execute("UPDATE penstock.live SET enqueued_at = now() - interval '2 minutes',"
                    + " eligible_at = now() - interval '2 minutes'");

            assertThat(of(examine(database.dataSource()), "queue \"alone\"").text())
                    .startsWith("nobody works on it: 1 jobs available");
        }
    }
}
