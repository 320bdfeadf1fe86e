package io.penstock.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.JobQueue;
import io.penstock.error.IndeterminateException;
import io.penstock.error.IndeterminateException.Resolution;
import io.penstock.error.LockTimeoutException;
import io.penstock.error.ReadOnlyServerException;
import io.penstock.error.RefusedException;
import io.penstock.error.SerializationConflictException;
import io.penstock.error.StatementCancelledException;
import io.penstock.error.StatementTimeoutException;
import io.penstock.error.TransactionDeadlineException;
import io.penstock.job.JobType;
import io.penstock.job.Limits;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.TcpProxy;
import io.penstock.testkit.TcpProxy.Cut;
import io.penstock.transaction.Transaction;
import io.penstock.transaction.TransactionLimits;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class BoundedTransactionsTest {

    record Nothing() {}

    private static final JobType<Nothing> JOB =
            JobType.of("bounded", Nothing.class).onQueue("bounded");
    private static final TransactionLimits SHORT = TransactionLimits.within(Duration.ofSeconds(1));

    private final PenstockDatabase database;
    private final JobQueue queue;

    BoundedTransactionsTest(PenstockDatabase database) {
        this.database = database;
        this.queue = database.jobQueue();
    }

    @BeforeEach
    void aTable() throws SQLException {
        queue.declare(QueueDefinition.of("bounded", 0, 10, 1));
        database.execute(
                "DROP TABLE IF EXISTS account; CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL);"
                        + " INSERT INTO account VALUES (1, 0), (2, 0)");
    }

    private static String run(Transaction transaction, String sql) throws SQLException {
        return run(transaction.connection(), sql);
    }

    private static String run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return sql;
    }

    private static String add(int id) {
        return "UPDATE account SET balance = balance + 1 WHERE id = " + id;
    }

    private long balance(int id) throws SQLException {
        return database.number("SELECT balance FROM account WHERE id = " + id);
    }

    @Test
    void limitsOfTheDefaultFitIntoTheLease() {
        assertThat(TransactionLimits.DEFAULT.network()).isLessThan(Limits.LEASE);
        assertThat(TransactionLimits.DEFAULT)
                .isEqualTo(new TransactionLimits(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(8)));
    }

    @Test
    void whatTheBlockDoesAndEnqueuesIsCommittedTogether() throws SQLException {
        var enqueued = queue.inTransaction(SHORT, transaction -> {
            run(transaction, add(1));
            assertThat(transaction.remaining()).isPositive();
            return queue.enqueue(transaction.connection(), JOB.with(new Nothing()));
        });
        assertThat(queue.find(enqueued.id())).isPresent();
        assertThat(balance(1)).isEqualTo(1);
    }

    @Test
    void whatTheBlockThrowsUndoesEverything() throws SQLException {
        long jobs = database.number("SELECT count(*) FROM penstock.live");
        assertThatThrownBy(() -> queue.inTransaction(SHORT, transaction -> {
                    run(transaction, add(1));
                    queue.enqueue(transaction.connection(), JOB.with(new Nothing()));
                    throw new IllegalStateException("the block's own");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the block's own");
        assertThat(balance(1)).isZero();
        assertThat(database.number("SELECT count(*) FROM penstock.live")).isEqualTo(jobs);
    }

    @Test
    void aLockOfSomebodyElseIsALockTimeout() throws SQLException {
        try (Connection other = database.connect()) {
            other.setAutoCommit(false);
            run(other, add(1));
            assertThatThrownBy(() -> queue.inTransaction(SHORT, transaction -> run(transaction, add(1))))
                    .isInstanceOf(LockTimeoutException.class)
                    .hasMessageContaining("doctor blockers");
            other.rollback();
        }
    }

    @Test
    void aStatementThatIsTooLongIsAStatementTimeout() {
        assertThatThrownBy(() -> queue.inTransaction(SHORT, transaction -> run(transaction, "SELECT pg_sleep(60)")))
                .isInstanceOf(StatementTimeoutException.class)
                .hasMessageContaining("57014");
    }

    @Test
    void aStatementThatSomebodyCancelsIsNotTakenForATimeout() throws Exception {
        CompletableFuture<?> cancel =
                CompletableFuture.runAsync(() -> whenActive("pg_cancel_backend(pid)", "pg_sleep(60)"));
        assertThatThrownBy(() -> queue.inTransaction(
                        TransactionLimits.DEFAULT, transaction -> run(transaction, "SELECT pg_sleep(60)")))
                .isInstanceOf(StatementCancelledException.class)
                .hasMessageContaining("on purpose");
        cancel.get(10, TimeUnit.SECONDS);
    }

    /** Does something to the session that runs such a statement, once there is one. */
    private void whenActive(String act, String text) {
        try {
            while (database.query("SELECT " + act + " FROM pg_stat_activity WHERE datname = current_database()"
                            + " AND state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%" + text + "%'")
                    .isEmpty()) {
                Thread.onSpinWait();
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Test
    void manyShortStatementsEndAtTheLimitOfTheWhole() throws SQLException {
        AtomicInteger statements = new AtomicInteger();
        assertThatThrownBy(() -> queue.inTransaction(SHORT, transaction -> {
                    run(transaction, add(1));
                    while (true) {
                        run(transaction, "SELECT pg_sleep(0.05)");
                        statements.incrementAndGet();
                    }
                }))
                .isInstanceOf(TransactionDeadlineException.class)
                .hasMessageContaining("25P04");
        assertThat(statements).hasValueBetween(1, 30);
        queue.inTransaction(SHORT, transaction -> run(transaction, add(1)));
        assertThat(balance(1)).isEqualTo(1);
    }

    @Test
    void theWatchdogOfTheClientEndsItWhereTheServerDoesNot() throws SQLException {
        assertThatThrownBy(() -> queue.inTransaction(SHORT, transaction -> {
                    run(
                            transaction,
                            "DO $$ BEGIN IF current_setting('transaction_timeout', true) IS NOT NULL THEN"
                                    + " PERFORM set_config('transaction_timeout', '0', true); END IF; END $$");
                    run(transaction, add(1));
                    while (true) {
                        run(transaction, "SELECT pg_sleep(0.05)");
                    }
                }))
                .isInstanceOf(TransactionDeadlineException.class)
                .hasMessageContaining("limit of 1000 ms");
        queue.inTransaction(SHORT, transaction -> run(transaction, add(1)));
        assertThat(balance(1)).isEqualTo(1);
    }

    @Test
    void aBlockThatForgetsItsTransactionLosesItsLocksAndIsTold() throws Exception {
        assertThatThrownBy(() -> queue.inTransaction(SHORT, transaction -> {
                    run(transaction, add(1));
                    while (true) { // somebody else has the row as soon as the server has ended this session
                        try {
                            queue.inTransaction(SHORT, other -> run(other, add(1)));
                            return run(transaction, add(2));
                        } catch (LockTimeoutException stillLocked) {
                            assertThat(stillLocked).hasMessageContaining("55P03");
                        }
                    }
                }))
                .isInstanceOf(TransactionDeadlineException.class);
        assertThat(balance(1)).isEqualTo(1);
        assertThat(balance(2)).isZero();
    }

    @Test
    void aDeadlockIsRunAgainWhereTheCallerAllowsIt() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        TransactionLimits patient = new TransactionLimits(
                Duration.ofSeconds(3),
                Duration.ofSeconds(4),
                Duration.ofSeconds(5),
                Duration.ofSeconds(8),
                Duration.ofSeconds(9));
        AtomicInteger runs = new AtomicInteger();
        CompletableFuture<?> one = CompletableFuture.runAsync(() -> cross(patient, both, runs, 1, 2));
        CompletableFuture<?> two = CompletableFuture.runAsync(() -> cross(patient, both, runs, 2, 1));
        CompletableFuture.allOf(one, two).get(60, TimeUnit.SECONDS);
        assertThat(runs).hasValueGreaterThanOrEqualTo(3);
        assertThat(balance(1)).isEqualTo(2);
        assertThat(balance(2)).isEqualTo(2);
    }

    private void cross(TransactionLimits limits, CyclicBarrier both, AtomicInteger runs, int first, int second) {
        AtomicInteger own = new AtomicInteger();
        queue.inTransaction(limits, 5, transaction -> {
            runs.incrementAndGet();
            run(transaction, add(first));
            if (own.incrementAndGet() == 1) {
                await(both);
            }
            return run(transaction, add(second));
        });
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Test
    void aConflictIsToldAsOneWhereTheBlockMayRunOnce() {
        assertThatThrownBy(() -> queue.inTransaction(SHORT, transaction -> {
                    throw new SQLException("could not serialize access", "40001");
                }))
                .isInstanceOf(SerializationConflictException.class);
        assertThatThrownBy(() -> queue.inTransaction(SHORT, 0, transaction -> "never"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("attempts of a transaction: expected 1 to 100, was 0");
    }

    @Test
    void aServerThatTakesNoWritesIsToldApart() {
        assertThatThrownBy(() -> queue.inTransaction(SHORT, transaction -> {
                    run(transaction, "SET TRANSACTION READ ONLY");
                    return run(transaction, add(1));
                }))
                .isInstanceOf(ReadOnlyServerException.class)
                .hasMessageContaining("primary");
    }

    @Test
    void theEndOfTheTransactionIsNotTheBlocks() throws SQLException {
        assertThatThrownBy(() -> queue.inTransaction(SHORT, transaction -> {
                    run(transaction, add(1));
                    transaction.connection().commit();
                    return "never";
                }))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("expected its end to be left to Penstock, was commit()");
        assertThatThrownBy(() -> queue.inTransaction(SHORT, transaction -> {
                    run(transaction, add(2));
                    return run(transaction, "ROLLBACK");
                }))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("ended by a statement of the block");
        queue.inTransaction(SHORT, transaction -> {
            var savepoint = transaction.connection().setSavepoint();
            run(transaction, add(1));
            transaction.connection().rollback(savepoint);
            transaction.connection().close();
            return run(transaction, add(2));
        });
        assertThat(balance(1)).isZero();
        assertThat(balance(2)).isEqualTo(1);
    }

    @Test
    void aLostAnswerToTheCommitCanBeResolved() throws SQLException {
        try (TcpProxy proxy = TcpProxy.before(database.dataSource())) {
            JobQueue distant = JobQueue.on(proxy.dataSource(database.dataSource()));
            proxy.cut("account", Cut.AFTER_COMMIT);
            IndeterminateException committed = catchThrowableOfType(
                    IndeterminateException.class,
                    () -> distant.inTransaction(SHORT, transaction -> run(transaction, add(1))));
            assertThat(committed.resolve()).isEqualTo(Resolution.COMMITTED);
            assertThat(balance(1)).isEqualTo(1);

            proxy.cut("account", Cut.BEFORE_COMMIT);
            IndeterminateException undone = catchThrowableOfType(
                    IndeterminateException.class,
                    () -> distant.inTransaction(SHORT, transaction -> run(transaction, add(1))));
            assertThat(undone.resolve()).isEqualTo(Resolution.ROLLED_BACK);
            assertThat(balance(1)).isEqualTo(1);

            proxy.cut("FROM account", Cut.AFTER_COMMIT);
            IndeterminateException read = catchThrowableOfType(
                    IndeterminateException.class,
                    () -> distant.inTransaction(SHORT, transaction -> run(transaction, "SELECT * FROM account")));
            assertThat(read.resolve()).as("it wrote nothing").isEqualTo(Resolution.ROLLED_BACK);
        }
    }

    @Test
    void limitsInACallersTransactionAreSetBack() throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            run(connection, "SET LOCAL lock_timeout = '7s'");
            Map<String, String> before = settings(connection);

            queue.within(connection, SHORT, transaction -> {
                assertThat(settings(transaction.connection())).containsEntry("lock_timeout", "100");
                return run(transaction, add(1));
            });
            assertThat(settings(connection)).isEqualTo(before);

            assertThatThrownBy(() -> queue.within(connection, SHORT, transaction -> {
                        throw new IllegalStateException("the block's own");
                    }))
                    .hasMessage("the block's own");
            assertThat(settings(connection)).isEqualTo(before);

            var savepoint = connection.setSavepoint();
            assertThatThrownBy(() -> queue.within(connection, SHORT, transaction -> run(transaction, "SELECT 1 / 0")))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("division by zero");
            connection.rollback(savepoint);
            assertThat(settings(connection)).isEqualTo(before);
            connection.commit();
        }
        assertThat(balance(1)).isEqualTo(1);
        try (Connection connection = database.connect()) {
            assertThatThrownBy(() -> queue.within(connection, SHORT, transaction -> "never"))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("expected a connection with a transaction under way");
        }
    }

    @Test
    void anEnqueueThroughACallersConnectionLeavesEverySettingAsItWas() throws SQLException {
        try (Connection connection = database.connect()) {
            Map<String, String> outside = settings(connection);
            connection.setAutoCommit(false);
            Map<String, String> before = settings(connection);
            queue.enqueue(connection, JOB.with(new Nothing()));
            assertThat(settings(connection))
                    .containsAllEntriesOf(before); // and those of PL/pgSQL, which is loaded then
            connection.commit();
            connection.setAutoCommit(true);
            assertThat(settings(connection)).containsAllEntriesOf(outside);
        }
    }

    private static Map<String, String> settings(Connection connection) throws SQLException {
        Map<String, String> settings = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT name, setting FROM pg_settings")) {
            while (rows.next()) {
                settings.put(rows.getString(1), rows.getString(2));
            }
        }
        return settings;
    }
}
