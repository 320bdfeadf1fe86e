package io.penstock.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.LockTimeoutException;
import io.penstock.error.StatementCancelledException;
import io.penstock.error.StatementTimeoutException;
import io.penstock.error.TransactionDeadlineException;
import io.penstock.job.Limits;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.transaction.TransactionLimits;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A transaction is as long as its limits allow. */
@PenstockDatabase.Fresh
class BoundedTransactionsTest extends Accounts {

    BoundedTransactionsTest(PenstockDatabase database) {
        super(database);
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
}
