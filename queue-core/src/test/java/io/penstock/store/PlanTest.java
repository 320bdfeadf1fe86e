package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.PenstockDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The generic plan of every statement under a session's own settings: an index for each access to a room. */
@PenstockDatabase.Fresh
class PlanTest {

    private static final Pattern ROOM = Pattern.compile("Scan.* on (live|waiting|finished)(_\\w+)?( |$)");

    private static String plan(QueueUnderTest queue, String name) throws SQLException {
        String sql = StatementCatalogueTest.numbered(Statements.of(name, queue.leaf()));
        int parameters = (int) sql.chars().filter(character -> character == '$').count();
        String arguments =
                parameters == 0 ? "" : "(" + String.join(", ", Collections.nCopies(parameters, "NULL")) + ")";
        return queue.transact(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL plan_cache_mode = force_generic_plan");
                statement.execute("PREPARE explained AS " + sql);
                String plan = rows(statement, "EXPLAIN (COSTS OFF) EXECUTE explained" + arguments);
                statement.execute("DEALLOCATE explained");
                return plan;
            }
        });
    }

    private static String rows(Statement statement, String sql) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
        }
        return String.join("\n", lines);
    }

    private static void assertIndexed(QueueUnderTest queue) throws SQLException, IOException {
        for (String name : StatementCatalogueTest.names()) {
            if (name.equals("ensure_days")) {
                continue; // calls a function and reads no room
            }
            String plan = plan(queue, name);
            assertThat(plan)
                    .as(name)
                    .doesNotContainPattern("Seq Scan on (live|waiting|finished)")
                    .doesNotContain("JIT:");
            List<String> lines = plan.lines().toList();
            for (int line = 0; line < lines.size(); line++) {
                if (ROOM.matcher(lines.get(line)).find()) {
                    assertThat(lines.get(line + 1))
                            .as(
                                    "%s: condition of \"%s\" in%n%s",
                                    name, lines.get(line).trim(), plan)
                            .matches("\\s+(Index|TID) Cond: .*");
                }
            }
        }
    }

    @Test
    void everyAccessToARoomIsByIndexWhileTheRoomsAreEmpty(PenstockDatabase database) throws SQLException, IOException {
        assertIndexed(new QueueUnderTest(database));
    }

    @Test
    void everyAccessToARoomIsByIndexOnceTheRoomsAreLarge(PenstockDatabase database) throws SQLException, IOException {
        QueueUnderTest queue = new QueueUnderTest(database);
        fill(database, queue);
        assertIndexed(queue);
    }

    @Test
    void everyAccessToARoomIsByIndexWhereStatisticsSayThatTheRoomsAreEmpty(PenstockDatabase database)
            throws SQLException, IOException {
        QueueUnderTest queue = new QueueUnderTest(database);
        database.execute("VACUUM ANALYZE " + queue.table());
        fill(database, queue);
        assertIndexed(queue);
    }

    /** Without fresh statistics: nobody analyses the tables behind the test's back. */
    private static void fill(PenstockDatabase database, QueueUnderTest queue) throws SQLException {
        database.execute("ALTER TABLE " + queue.table() + " SET (autovacuum_enabled = off);"
                + " ALTER TABLE penstock.waiting SET (autovacuum_enabled = off)");
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO " + queue.table()
                    + " (id, position, enqueued_at, eligible_at, queue_id, max_attempts, segment, priority, type, payload)"
                    + " SELECT gen_random_uuid(), n, now(), now(), "
                    + queue.leaf().queueId()
                    + ", 20, 0, n % 4, 'note', '{}' FROM generate_series(1, 200000) AS n");
            statement.execute(
                    "INSERT INTO penstock.waiting (id, due_at, enqueued_at, eligible_at, queue_id, max_attempts, priority, state, type, payload)"
                            + " SELECT gen_random_uuid(), now(), now(), now(), "
                            + queue.leaf().queueId()
                            + ", 20, 2, 'scheduled', 'note', '{}' FROM generate_series(1, 50000)");
        }
        assertThat(database.number("SELECT count(*) FROM " + queue.table())).isEqualTo(200_000);
    }
}
