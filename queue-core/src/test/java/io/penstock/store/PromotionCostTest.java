package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What promotion costs, in buffers that the server reads: as much as is due, whatever waits besides. */
@PenstockDatabase.Fresh
class PromotionCostTest {

    private static final int FEW = 1_000;
    private static final int MANY = 1_000_000;
    private static final int DUE = 10;
    private static final int HOUR = 3_600;
    /** An index on a million entries is a level higher than one on a thousand. */
    private static final double SMALL_FACTOR = 2;

    private static final Pattern BUFFERS = Pattern.compile("\"Shared (Hit|Read) Blocks\": (\\d+)");

    private final PenstockDatabase database;
    private final QueueUnderTest full;
    private final QueueUnderTest idle;
    private final QueueUnderTest other;

    PromotionCostTest(PenstockDatabase database) throws SQLException {
        this.database = database;
        this.full = new QueueUnderTest(database);
        this.idle = new QueueUnderTest(database);
        this.other = new QueueUnderTest(database);
    }

    @Test
    void aMillionJobsThatAreDueLaterCostAPromotionAndTheLookForTheNextNothing() throws SQLException {
        later(full, DUE, -HOUR);
        later(other, DUE, -HOUR);
        later(full, FEW, HOUR);
        later(idle, FEW, HOUR);
        Map<String, Long> withFew = costs();

        later(full, MANY / 2, HOUR);
        later(idle, MANY / 2, HOUR);
        assertNoDearer(withFew, costs());
        database.execute("ANALYZE penstock.waiting");
        assertNoDearer(withFew, costs());
    }

    private static void assertNoDearer(Map<String, Long> before, Map<String, Long> after) {
        before.forEach((what, buffers) ->
                assertThat(after.get(what)).as(what).isLessThanOrEqualTo(Math.round(buffers * SMALL_FACTOR)));
    }

    /** Jobs that become due one a second, the first so many seconds from now. */
    private void later(QueueUnderTest queue, int count, int seconds) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit = off");
            statement.execute(
                    "INSERT INTO penstock.waiting (id, due_at, enqueued_at, eligible_at, queue_id, max_attempts, priority,"
                            + " state, type, payload) SELECT lpad(to_hex(n), 32, md5(random()::text))::uuid,"
                            + " now() + (n + " + seconds + ") * interval '1 second', now(), now(), "
                            + queue.leaf().queueId() + ", 20, 2, 'scheduled', 'note', '{}'"
                            + " FROM generate_series(1, " + count + ") AS n");
        }
    }

    private Map<String, Long> costs() throws SQLException {
        Map<String, Long> costs = new LinkedHashMap<>();
        String queues = "'{" + id(full) + "," + id(idle) + "," + id(other) + "}'";
        for (String mode : List.of("force_generic_plan", "force_custom_plan")) {
            costs.put("look, " + mode, buffers(mode, "watch", queues + ", '{0,0,0}'"));
            for (QueueUnderTest queue : List.of(full, idle, other)) {
                costs.put(queue.job().queue() + ", " + mode, buffers(mode, "promote", id(queue) + ", 0, 1000"));
            }
        }
        return costs;
    }

    private static int id(QueueUnderTest queue) {
        return queue.leaf().queueId();
    }

    /** What the statement reads under a session's own settings; it is rolled back. */
    private long buffers(String mode, String name, String arguments) throws SQLException {
        return full.transact(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL plan_cache_mode = " + mode);
                statement.execute("SAVEPOINT before");
                statement.execute("PREPARE measured AS " + StatementCatalogueTest.numbered(Statements.of(name)));
                long buffers = 0;
                try (ResultSet row = statement.executeQuery(
                        "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE measured (" + arguments + ")")) {
                    row.next();
                    Matcher matcher = BUFFERS.matcher(row.getString(1));
                    for (int part = 0; part < 2 && matcher.find(); part++) { // those of the outermost node come first
                        buffers += Long.parseLong(matcher.group(2));
                    }
                }
                statement.execute("DEALLOCATE measured");
                statement.execute("ROLLBACK TO before");
                return buffers;
            }
        });
    }
}
