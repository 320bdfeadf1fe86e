package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The generic plans of the statements inside the SQL functions, as the server tells them while they run. */
class FunctionPlanTest {

    private static final Pattern WALK = Pattern.compile(
            "Seq Scan on (penstock\\.)?(live|waiting|finished|idempotency|unique_key|batch|batch_member)(_\\w+)?( |$)");

    private static final String UNIQUE = "[{\"type\": \"note\", \"payload\": {}, \"uniqueness\":"
            + " {\"key\": \"%s\", \"while\": \"waiting or running\", \"on_conflict\": \"%s\"}}]";

    /** Called by workers only, whose sessions have settings of their own. */
    private static final List<String> CALLS_OF_WORKERS = List.of(
            "penstock.admit(1, ARRAY[gen_random_uuid()], ARRAY[1], ARRAY[0::smallint], ARRAY['key'])",
            "penstock.take_parked(1, (SELECT max(worker_id) FROM penstock.worker), 5, '', 5)");

    private static List<String> calls(String queue) {
        String batch = "00000000-0000-7000-8000-00000000000%s";
        String steps =
                "[{\"queue\": \"" + queue + "\", \"when\": \"ended\", \"job\": {\"type\": \"note\", \"payload\": {}}}]";
        String groups = "[{\"queue\": \"" + queue + "\", \"jobs\": [{\"type\": \"note\", \"payload\": {}}]}]";
        List<String> calls = new ArrayList<>(List.of(
                "penstock.enqueue('" + queue + "', 'note')",
                "penstock.enqueue('" + queue + "', 'note', run_at => now() + interval '1 hour')",
                "penstock.enqueue('" + queue + "', 'note', idempotency_key => 'once')",
                "penstock.enqueue('" + queue + "', 'note', idempotency_key => 'once')",
                "penstock.is_enqueued('" + queue + "', gen_random_uuid())",
                "penstock.forget_keys()",
                "penstock.forget_unique_keys()",
                "penstock.open_batch('" + batch.formatted(1) + "', '" + groups + "', '" + steps + "')",
                "penstock.advance_batch('" + batch.formatted(1) + "', 10)"));
        for (String onConflict : List.of("keep", "keep", "replace payload", "replace")) {
            calls.add("penstock.enqueue_batch('" + queue + "', '" + UNIQUE.formatted("unique", onConflict) + "')");
        }
        return calls;
    }

    private static void asWorker(Statement statement) throws SQLException {
        statement.execute("SET LOCAL enable_seqscan = off");
        statement.execute("SET LOCAL enable_bitmapscan = off");
    }

    private static void assertIndexed(PenstockDatabase database, QueueUnderTest queue) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String setting : List.of(
                    "plan_cache_mode = force_generic_plan",
                    "auto_explain.log_min_duration = 0",
                    "auto_explain.log_nested_statements = on",
                    "client_min_messages = log")) {
                statement.execute("LOAD 'auto_explain'");
                statement.execute("SET LOCAL " + setting);
            }
            for (String call : calls(queue.job().queue())) {
                assertIndexed(statement, call);
            }
            asWorker(statement);
            queue.worker();
            for (String call : CALLS_OF_WORKERS) {
                assertIndexed(statement, call);
            }
            connection.rollback();
        }
    }

    private static void assertIndexed(Statement statement, String call) throws SQLException {
        statement.clearWarnings();
        statement.execute("SELECT * FROM " + call);
        int plans = 0;
        for (SQLWarning told = statement.getWarnings(); told != null; told = told.getNextWarning()) {
            assertThat(told.getMessage()).as(call).doesNotContainPattern(WALK);
            plans++;
        }
        assertThat(plans).as("plans told by %s", call).isPositive();
    }

    @Test
    void everyStatementInsideAFunctionGoesByIndexWhetherRoomsAreEmptyOrHugeOrThoughtToBe() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("plan", true)) {
            Rooms rooms = new Rooms(database);
            assertIndexed(database, rooms.queue());
            database.execute(
                    "ANALYZE penstock.idempotency, penstock.unique_key, penstock.batch, penstock.batch_member");
            rooms.analyse();
            assertIndexed(database, rooms.queue());
            rooms.fill(200_000, 50_000, 50_000);
            assertIndexed(database, rooms.queue());
            rooms.analyse();
            assertIndexed(database, rooms.queue());
        }
    }
}
