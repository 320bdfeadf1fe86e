package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.JobFilter;
import io.penstock.testkit.PenstockDatabase;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

/** The generic plan of every statement under a session's own settings: an index for each access to a room. */
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
                    .doesNotContainPattern(
                            "Seq Scan on (live|waiting|finished|schedule|idempotency|unique_key|batch|batch_member|checkpoint|progress)")
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

    /** Searches are built as they are asked for: each kind of source is explained, from its start and from further on. */
    private static void assertSearchesIndexed(QueueUnderTest queue) throws SQLException {
        Leaf leaf = queue.leaf();
        String today = queue.transact(SearchStore::days).get(0);
        SearchCondition condition = new SearchCondition(JobFilter.ALL, leaf.queueId(), "key", true);
        for (SearchSource source : List.of(
                new SearchSource.Live(leaf),
                new SearchSource.Waiting(leaf.queueId()),
                new SearchSource.Discarded(leaf.queueId()),
                new SearchSource.Ended(today))) {
            DSLContext context = DSL.using(SQLDialect.POSTGRES);
            String sql = context.renderInlined(
                    SearchStore.query(context, source, condition, source.key().start(), 2_000));
            String plan = queue.transact(connection -> {
                try (Statement statement = connection.createStatement()) {
                    return rows(statement, "EXPLAIN (COSTS OFF) " + sql);
                }
            });
            assertThat(plan)
                    .as(source.toString())
                    .doesNotContainPattern("Seq Scan on (live|waiting|finished)")
                    .containsPattern("Index Scan .*using ")
                    .contains("Index Cond: ");
        }
    }

    @Test
    void everyPageOfASearchIsByIndexWhateverStatisticsSay() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("plan", true)) {
            Rooms rooms = new Rooms(database);
            assertSearchesIndexed(rooms.queue());
            rooms.fill(50_000, 50_000, 50_000);
            assertSearchesIndexed(rooms.queue());
            rooms.analyse();
            assertSearchesIndexed(rooms.queue());
            rooms.delete();
            rooms.analyse();
            rooms.fill(50_000, 50_000, 50_000);
            assertSearchesIndexed(rooms.queue());
        }
    }

    @Test
    void everyAccessToARoomIsByIndexWhileTheRoomsAreEmpty() throws SQLException, IOException {
        try (PenstockDatabase database = PenstockDatabase.create("plan", true)) {
            Rooms rooms = new Rooms(database);
            assertIndexed(rooms.queue());
            rooms.analyse(); // and what is planned now is kept when they are no longer empty
            assertIndexed(rooms.queue());
        }
    }

    @Test
    void everyAccessToARoomIsByIndexOnceTheRoomsAreHugeAndWhereStatisticsGoOnToSaySo()
            throws SQLException, IOException {
        try (PenstockDatabase database = PenstockDatabase.create("plan", true)) {
            Rooms rooms = new Rooms(database);
            rooms.fill();
            assertIndexed(rooms.queue());
            rooms.analyse();
            assertIndexed(rooms.queue());
            rooms.delete();
            assertIndexed(rooms.queue());
            rooms.truncate();
            assertIndexed(rooms.queue());
        }
    }

    @Test
    void everyAccessToARoomIsByIndexWhereStatisticsSayThatHugeRoomsAreEmpty() throws SQLException, IOException {
        try (PenstockDatabase database = PenstockDatabase.create("plan", true)) {
            Rooms rooms = new Rooms(database);
            rooms.fill(2_000, 2_000, 2_000);
            rooms.delete();
            rooms.analyse();
            rooms.fill();
            assertIndexed(rooms.queue());
        }
    }
}
