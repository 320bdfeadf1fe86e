package io.penstock.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.connect.Link;
import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent;
import io.penstock.observe.WorkerEvent.TransactionEnded;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sessions that claim to be ours, with transactions open for longer than they say. */
@PenstockDatabase.Fresh
class TransactionKeeperTest {

    private final PenstockDatabase database;
    private final List<WorkerEvent> told = new ArrayList<>();

    TransactionKeeperTest(PenstockDatabase database) {
        this.database = database;
    }

    private Connection transaction(String application) throws SQLException {
        Connection connection = database.connect();
        connection.setAutoCommit(false);
        run(connection, "SET LOCAL application_name = '" + application + "'");
        return connection;
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void onlyWhatCarriesOurMarkAndIsOverdueIsEndedAndAudited() throws SQLException {
        Events events = new Events(List.of(told::add));
        try (Connection overdue = transaction("penstock(1ms) orders");
                Connection inTime = transaction("penstock(600000ms) orders");
                Connection others = transaction("penstock-like");
                Link link = new Link("test", database.dataSource(), events)) {
            long begun = System.nanoTime();
            TransactionKeeper keeper = new TransactionKeeper(link, events);
            for (long turn = 0; told.isEmpty(); turn++) {
                assertThat(System.nanoTime() - begun)
                        .isLessThan(Duration.ofSeconds(60).toNanos());
                keeper.run(System.nanoTime() + Duration.ofSeconds(2 * turn).toNanos());
            }
            assertThat(told).singleElement().isInstanceOfSatisfying(TransactionEnded.class, ended -> {
                assertThat(ended.application()).isEqualTo("penstock(1ms) orders");
                assertThat(ended.state()).isEqualTo("idle in transaction");
                assertThat(ended.open()).isGreaterThan(Duration.ofSeconds(1));
            });
            assertThat(overdue.isValid(5)).isFalse();
            run(inTime, "SELECT 1");
            run(others, "SELECT 1");
            inTime.rollback();
            others.rollback();
        }
        assertThat(database.query("SELECT action || '|' || (details ->> 'open_seconds')::int FROM penstock.audit"))
                .singleElement()
                .asString()
                .startsWith("end transaction|");
    }
}
