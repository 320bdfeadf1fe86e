package io.penstock.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.error.RefusedException;
import io.penstock.operate.Blocker.Waiting;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Chains of sessions that wait, made for real. */
@PenstockDatabase.Fresh
class BlockerOperationsTest {

    private final PenstockDatabase database;
    private final BlockerOperations blockers;
    private final List<Connection> connections = new ArrayList<>();
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>();

    BlockerOperationsTest(PenstockDatabase database) {
        this.database = database;
        this.blockers = BlockerOperations.on(database.dataSource(), "ada");
    }

    @BeforeEach
    void tenants() throws SQLException {
        database.execute("CREATE TABLE IF NOT EXISTS public.tenant (id integer PRIMARY KEY, name text);"
                + " INSERT INTO public.tenant VALUES (7, 'seven'), (8, 'eight') ON CONFLICT DO NOTHING");
    }

    @AfterEach
    void end() throws SQLException {
        for (Connection connection : connections) {
            connection.close();
        }
        waiting.forEach(wait -> wait.exceptionally(ended -> null).join());
    }

    private Connection session(String application) throws SQLException {
        Connection connection = database.connect();
        connections.add(connection);
        connection.setAutoCommit(false);
        execute(connection, "SET application_name = '" + application + "'");
        return connection;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Begins to wait, and is seen to. */
    private void waits(Connection connection, String sql) throws SQLException {
        long before = lockWaits();
        waiting.add(CompletableFuture.runAsync(() -> {
            try {
                execute(connection, sql);
            } catch (SQLException ended) {
                throw new IllegalStateException(ended);
            }
        }));
        long patience = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (lockWaits() == before) {
            assertThat(System.nanoTime()).as("it waits").isLessThan(patience);
            LockSupport.parkNanos(10_000_000L);
        }
    }

    private long lockWaits() throws SQLException {
        return database.number(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()");
    }

    @Test
    void nobodyWaits() {
        assertThat(blockers.list()).isEmpty();
        assertThatThrownBy(() -> blockers.end("1-2", true))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(
                        "expected one that penstock doctor blockers shows now, was none that keeps anybody waiting");
    }

    @Test
    void theWholeChainIsShownAndOneSessionEnded() throws SQLException {
        Connection holder = session("shop");
        execute(holder, "UPDATE public.tenant SET name = 'changed' WHERE id = 7");
        Connection second = session("second");
        execute(second, "UPDATE public.tenant SET name = 'second' WHERE id = 8");
        waits(second, "UPDATE public.tenant SET name = 'second' WHERE id = 7");
        Connection third = session("third");
        waits(third, "UPDATE public.tenant SET name = 'third' WHERE id = 8");

        Blocker blocker = blockers.list().get(0);
        assertThat(blockers.list()).hasSize(1);
        assertThat(blocker.holder())
                .contains(
                        "application \"shop\"",
                        "idle in transaction for ",
                        "UPDATE public.tenant SET name = 'changed'");
        assertThat(blocker.waiting()).extracting(Waiting::depth).containsExactly(1, 2);
        assertThat(blocker.waiting().get(0).session()).contains("application \"second\"");
        assertThat(blocker.waiting().get(1).session()).contains("application \"third\"");
        assertThat(blocker.advice()).contains("penstock fix " + blocker.id());

        assertThat(blockers.end(blocker.id(), false)).isEqualTo(blockers.list().get(0));
        assertThat(lockWaits()).as("nothing was ended").isEqualTo(2);
        assertThatThrownBy(() -> blockers.end(blocker.id() + "0", true)).isInstanceOf(RefusedException.class);
        blockers.end(blocker.id(), true);
        waiting.get(0).join();
        assertThat(
                        database.query(
                                "SELECT concat_ws(' ', actor, action, details ->> 'waiting') FROM penstock.audit WHERE action = 'fix'"))
                .containsExactly("ada fix 2");
        second.rollback();
        waiting.get(1).join();
        third.rollback();
        assertThat(database.query("SELECT name FROM public.tenant ORDER BY id")).containsExactly("seven", "eight");
        assertThat(blockers.list()).isEmpty();
    }

    @Test
    void aPreparedTransactionIsABlockerWithoutASession() throws SQLException {
        assumeTrue(
                database.number("SELECT setting::integer FROM pg_settings WHERE name = 'max_prepared_transactions'")
                        > 0,
                "the server allows no prepared transactions (max_prepared_transactions = 0)");
        Connection holder = session("coordinator");
        execute(holder, "UPDATE public.tenant SET name = 'prepared' WHERE id = 7");
        execute(holder, "PREPARE TRANSACTION 'it''s 7'");
        Connection second = session("second");
        waits(second, "UPDATE public.tenant SET name = 'second' WHERE id = 7");

        Blocker blocker = blockers.list().get(0);
        assertThat(blocker.id()).isEqualTo("gid:it's 7");
        assertThat(blocker.holder()).contains("prepared transaction \"it's 7\"");
        assertThat(blocker.waiting()).hasSize(1);
        blockers.end(blocker.id(), true);
        waiting.get(0).join();
        second.rollback();
        assertThat(database.number("SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()"))
                .isZero();
    }
}
