package io.penstock.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.job.NewJob;
import io.penstock.testkit.DatabaseServer;
import io.penstock.testkit.History;
import io.penstock.testkit.HistoryChecker;
import io.penstock.testkit.Ledger;
import io.penstock.testkit.Ledger.Kind;
import io.penstock.testkit.PenstockDatabase;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The checker is worth as much as the bugs that it catches: each is seeded once, and the same steps without it are clean. */
class SeededBugTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"complete-without-token,I8", "rescue-without-recheck,I9"})
    void aBugInAStatementIsCaught(String bug, String invariant) throws Exception {
        assertThat(violationsOf(bug, false)).isEmpty();
        assertThat(violationsOf(bug, true)).anyMatch(violation -> violation.startsWith(invariant + " "));
    }

    @Test
    void anAcknowledgementBeforeTheCommitIsCaught() throws Exception {
        try (PenstockDatabase database = recorded("ack")) {
            // a connection that answers to commit at once, and dies before it has done so
            DataSource hasty = onCommit(database.dataSource(), Connection::rollback);
            enqueue(JobQueue.on(database.dataSource()), "honest");
            enqueue(JobQueue.on(hasty), "hasty");
            assertThat(HistoryChecker.violations(history(database)))
                    .filteredOn(violation -> violation.startsWith("I1 "))
                    .singleElement()
                    .satisfies(violation -> assertThat(violation).contains("hasty"));
        }
    }

    @Test
    void anEnqueueTriedAgainUnderANewIdIsCaught() throws Exception {
        try (PenstockDatabase database = recorded("new_id")) {
            JobQueue jobQueue = JobQueue.on(database.dataSource());
            DataSource silent = onCommit(database.dataSource(), connection -> {
                connection.commit();
                throw new SQLException("the answer was lost", "08006");
            });
            try (Ledger ledger = ledger();
                    Connection connection = silent.getConnection()) {
                NewJob<Task> first = Task.QUICK.with(new Task(1));
                NewJob<Task> second = Task.QUICK.with(new Task(1));
                connection.setAutoCommit(false);
                ledger.enqueue(Kind.INVOKE, "impatient", List.of(first.id()));
                jobQueue.enqueue(connection, first);
                try {
                    connection.commit();
                } catch (SQLException unanswered) {
                    ledger.enqueue(Kind.INVOKE, "impatient", List.of(second.id()));
                    jobQueue.enqueue(second);
                    ledger.enqueue(Kind.OK, "impatient", List.of(second.id()));
                }
            }
            enqueue(JobQueue.on(silent), "patient"); // settles by itself that the first commit took place
            assertThat(HistoryChecker.violations(history(database)))
                    .filteredOn(violation -> violation.startsWith("I2 "))
                    .singleElement()
                    .satisfies(violation -> assertThat(violation).contains("impatient"));
        }
    }

    private List<String> violationsOf(String bug, boolean seeded) throws Exception {
        DatabaseServer server = PenstockDatabase.server();
        try (PenstockDatabase database = recorded("seeded")) {
            Path ledger = directory.resolve(bug + seeded + ".ledger");
            File log = directory.resolve(bug + seeded + ".log").toFile();
            String password = server.password();
            List<String> before = seeded
                    ? List.of(Path.of(SeededBugTest.class
                                    .getResource("/seeded/" + bug)
                                    .toURI())
                            .toString())
                    : List.of();
            Process process = WorkerProcess.start(
                    Scenario.class,
                    before,
                    List.of(database.url(), server.user(), password == null ? "" : password, ledger.toString(), bug),
                    log);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(log.toPath())).isZero();
            return HistoryChecker.violations(History.read(database, Ledger.read(ledger)));
        }
    }

    private static PenstockDatabase recorded(String purpose) throws SQLException {
        PenstockDatabase database = PenstockDatabase.create(purpose, true);
        database.execute("SELECT penstock.record_job_events(true)");
        Task.QUEUES.forEach(JobQueue.on(database.dataSource())::declare);
        return database;
    }

    private void enqueue(JobQueue jobQueue, String operation) throws Exception {
        try (Ledger ledger = ledger()) {
            NewJob<Task> job = Task.QUICK.with(new Task(1));
            ledger.enqueue(Kind.INVOKE, operation, List.of(job.id()));
            jobQueue.enqueue(job);
            ledger.enqueue(Kind.OK, operation, List.of(job.id()));
        }
    }

    private Ledger ledger() {
        return new Ledger(directory.resolve("client.ledger"));
    }

    private History history(PenstockDatabase database) throws Exception {
        return History.read(database, Ledger.read(directory.resolve("client.ledger")));
    }

    private interface Commit {
        void of(Connection connection) throws SQLException;
    }

    /** Connections on which something else happens in place of a commit, as soon as there is something to commit. */
    private static DataSource onCommit(DataSource dataSource, Commit commit) {
        return proxy(DataSource.class, dataSource, commit);
    }

    private static <T> T proxy(Class<T> type, Object target, Commit commit) {
        Object proxy =
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (target instanceof Connection connection
                            && method.getName().equals("commit")
                            && wrote(connection)) {
                        commit.of(connection);
                        return null;
                    }
                    try {
                        Object result = method.invoke(target, arguments);
                        return method.getName().equals("getConnection") && type == DataSource.class
                                ? proxy(Connection.class, result, commit)
                                : result;
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
        return type.cast(proxy);
    }

    private static boolean wrote(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
