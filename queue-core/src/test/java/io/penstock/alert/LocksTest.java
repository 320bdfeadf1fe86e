package io.penstock.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.database.Session;
import io.penstock.objective.Condition;
import io.penstock.objective.Severity;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.transaction.TransactionLimits;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class LocksTest {

    private static void run(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Test
    void whoKeepsOthersWaitingForLongIsToldWithWhatToDo(PenstockDatabase database) throws Exception {
        run(database.connect(), "CREATE TABLE tenant (id integer); INSERT INTO tenant VALUES (7)");
        try (Connection holder = database.connect();
                Connection waiter = database.connect();
                Session session = Session.open(database.dataSource(), TransactionLimits.DEFAULT)) {
            holder.setAutoCommit(false);
            run(holder, "SET application_name = 'shop'");
            run(holder, "UPDATE tenant SET id = 7");
            CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> run(waiter, "UPDATE tenant SET id = 7"));
            Locks locks = new Locks();
            List<Condition> conditions = List.of();
            long begun = System.nanoTime();
            for (long now = 0; conditions.isEmpty(); now += Watch.micros(Duration.ofSeconds(5))) {
                assertThat(System.nanoTime() - begun)
                        .isLessThan(Duration.ofSeconds(60).toNanos());
                database.execute("UPDATE penstock.pulse SET at = '-infinity'"); // as if no other process had looked
                conditions = locks.look(session, now);
            }
            assertThat(System.nanoTime() - begun)
                    .isGreaterThan(Duration.ofSeconds(4).toNanos());
            Condition condition = conditions.get(0);
            assertThat(condition.severity()).isEqualTo(Severity.TICKET);
            assertThat(condition.key()).startsWith("blocked/ticket/");
            assertThat(condition.sentence())
                    .contains("application \"shop\"", "keeps 1 session waiting for a lock, one of them for 5 s");
            assertThat(condition.advice()).contains("penstock fix " + condition.subject());
            holder.rollback();
            waiting.join();
        }
    }
}
