package io.penstock.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.JobQueue;
import io.penstock.error.IndeterminateException;
import io.penstock.error.IndeterminateException.Resolution;
import io.penstock.error.ReadOnlyServerException;
import io.penstock.error.RefusedException;
import io.penstock.error.SerializationConflictException;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.TcpProxy;
import io.penstock.testkit.TcpProxy.Cut;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How a bounded transaction ends, and what is known of it then. */
@PenstockDatabase.Fresh
class TransactionEndTest extends Accounts {

    TransactionEndTest(PenstockDatabase database) {
        super(database);
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
}
