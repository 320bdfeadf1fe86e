package io.penstock.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.JobQueue;
import io.penstock.error.IndeterminateException;
import io.penstock.error.IndeterminateException.Resolution;
import io.penstock.error.NotReplicatedException;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.transaction.TransactionLimits;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A COMMIT that waits for a standby that is not there: nothing on the server bounds it. */
@PenstockDatabase.Fresh
class StandbyWaitTest {

    private static final TransactionLimits SHORT = TransactionLimits.within(Duration.ofSeconds(1));

    private final PenstockDatabase database;
    private final JobQueue queue;

    StandbyWaitTest(PenstockDatabase database) {
        this.database = database;
        this.queue = database.jobQueue();
    }

    @BeforeEach
    void aStandbyIsExpected() throws SQLException {
        database.execute("DROP TABLE IF EXISTS note; CREATE TABLE note (text text)");
        admin("ALTER SYSTEM SET synchronous_standby_names = '*'");
        reload("*");
    }

    @AfterEach
    void noStandbyIsExpected() throws SQLException {
        admin("ALTER SYSTEM RESET synchronous_standby_names");
        reload("");
    }

    private void admin(String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit = local");
            statement.execute(sql);
        }
    }

    private void reload(String expected) throws SQLException {
        admin("SELECT pg_reload_conf()");
        while (!database.query("SHOW synchronous_standby_names").get(0).equals(expected)) {
            Thread.onSpinWait();
        }
    }

    private String write() {
        return queue.inTransaction(SHORT, transaction -> {
            try (Statement statement = transaction.connection().createStatement()) {
                statement.execute("SET LOCAL synchronous_commit = on");
                statement.execute("INSERT INTO note VALUES ('here')");
            }
            return "written";
        });
    }

    private CompletableFuture<?> whenItWaits(String act) {
        return CompletableFuture.runAsync(() -> {
            try {
                while (database.query("SELECT " + act + " FROM pg_stat_activity WHERE datname = current_database()"
                                + " AND wait_event = 'SyncRep'")
                        .isEmpty()) {
                    Thread.onSpinWait();
                }
            } catch (SQLException failure) {
                throw new IllegalStateException(failure);
            }
        });
    }

    @Test
    void aWaitThatSomebodyCancelsIsToldAsCommittedHereAlone() throws Exception {
        CompletableFuture<?> cancel = whenItWaits("pg_cancel_backend(pid)");
        assertThatThrownBy(this::write)
                .isInstanceOf(NotReplicatedException.class)
                .hasMessageContaining("expected a standby to have it, was committed here alone");
        cancel.get(10, TimeUnit.SECONDS);
        assertThat(database.number("SELECT count(*) FROM note")).isEqualTo(1);
    }

    @Test
    void aWaitThatIsTerminatedIsIndeterminateAndResolvedAsCommitted() throws Exception {
        CompletableFuture<?> terminate = whenItWaits("pg_terminate_backend(pid)");
        IndeterminateException unknown = catchThrowableOfType(IndeterminateException.class, this::write);
        terminate.get(10, TimeUnit.SECONDS);
        assertThat(unknown.resolve()).isEqualTo(Resolution.COMMITTED);
        assertThat(database.number("SELECT count(*) FROM note")).isEqualTo(1);
    }

    @Test
    void aWaitThatNobodyEndsIsBoundedByTheNetworkLimitAndResolvedLater() throws Exception {
        IndeterminateException unknown = catchThrowableOfType(IndeterminateException.class, this::write);
        assertThat(unknown).hasMessageContaining("it took place as a whole or not at all");
        CompletableFuture<Resolution> resolution = CompletableFuture.supplyAsync(unknown::resolve);
        noStandbyIsExpected();
        assertThat(resolution.get(15, TimeUnit.SECONDS)).isEqualTo(Resolution.COMMITTED);
        assertThat(database.number("SELECT count(*) FROM note")).isEqualTo(1);
    }
}
