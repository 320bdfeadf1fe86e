package io.penstock.examples.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import java.util.stream.Stream;

/** Rows written directly, since millions of them through the front door would take an hour. */
final class BacklogRows {

    private static final int CHUNK = 500_000;
    /** Ids grow, as those of real jobs do. Positions are drawn as an enqueue draws them. */
    private static final String LIVE = """
            INSERT INTO penstock.live (id, position, enqueued_at, eligible_at, queue_id, max_attempts, segment, priority,
                                       type, payload)
            SELECT ('0196' || lpad(to_hex(n), 8, '0') || '70008000' || substr(md5(n::text), 1, 12))::uuid,
                   penstock.draw_position(format('penstock.position_q%s', q.queue_id)::regclass),
                   now(), now(), q.queue_id, 20, q.segment, 2, 'task',
                   jsonb_build_object('number', n, 'customer', 'customer-' || n % 1000, 'step', 'send the order confirmation')
            FROM (SELECT ?::integer AS queue_id, ?::integer AS segment) AS q, generate_series(?::integer, ?::integer) AS n
            """;

    private static final String WAITING = """
            INSERT INTO penstock.waiting (id, due_at, enqueued_at, eligible_at, queue_id, max_attempts, priority, state,
                                          type, payload)
            SELECT ('0197' || lpad(to_hex(n), 8, '0') || '70008000' || substr(md5(n::text), 1, 12))::uuid,
                   now() + interval '1 year', now(), now() + interval '1 year', ?, 20, 2, 'scheduled', 'task',
                   jsonb_build_object('number', n, 'customer', 'customer-' || n % 1000, 'step', 'send the order confirmation')
            FROM generate_series(?::integer, ?::integer) AS n
            """;
    private static final String DUE = """
            INSERT INTO penstock.waiting (id, due_at, enqueued_at, eligible_at, queue_id, max_attempts, priority, state,
                                          type, payload)
            SELECT id, now(), now(), now(), ?, 20, 2, 'scheduled', 'task', '{"number": 0}' FROM unnest(?::uuid[]) AS id
            """;

    private BacklogRows() {}

    static void write(BenchDatabase database, int queueId, int segment, int rows) throws SQLException {
        try (Connection connection = database.connect();
                PreparedStatement live = connection.prepareStatement(LIVE);
                PreparedStatement waiting = connection.prepareStatement(WAITING)) {
            for (int first = 1; first <= rows; first += CHUNK) {
                int last = Math.min(rows, first + CHUNK - 1);
                live.setInt(1, queueId);
                live.setInt(2, segment);
                live.setInt(3, first);
                live.setInt(4, last);
                live.executeUpdate();
                waiting.setInt(1, queueId);
                waiting.setInt(2, first);
                waiting.setInt(3, last);
                waiting.executeUpdate();
            }
        }
    }

    /** Scheduled jobs that are due now; answers their ids. */
    static UUID[] due(BenchDatabase database, int queueId, int count) throws SQLException {
        UUID[] ids =
                Stream.generate(() -> Tasks.one("due", 0).id()).limit(count).toArray(UUID[]::new);
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(DUE)) {
            statement.setInt(1, queueId);
            statement.setArray(2, connection.createArrayOf("uuid", ids));
            statement.executeUpdate();
        }
        return ids;
    }
}
