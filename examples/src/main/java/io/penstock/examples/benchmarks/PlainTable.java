package io.penstock.examples.benchmarks;

import io.penstock.examples.benchmarks.Tasks.Task;
import io.penstock.job.NewJob;
import io.penstock.payload.JacksonPayloadSerializer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;

/**
 * A table as a service would make one for its jobs: the columns of "live", as many indexes as a leaf of it has, and no
 * partitions, checks or functions.
 */
final class PlainTable {

    static final String NAME = "plain_job";

    private static final String CREATE = """
            CREATE SEQUENCE plain_position;
            CREATE TABLE plain_job (LIKE penstock.live INCLUDING DEFAULTS, PRIMARY KEY (id));
            ALTER TABLE plain_job ALTER COLUMN position SET DEFAULT nextval('plain_position');
            CREATE INDEX ON plain_job (priority, position)
            """;
    private static final String INSERT = """
            INSERT INTO plain_job (id, enqueued_at, eligible_at, queue_id, max_attempts, segment, priority, type, payload)
            SELECT id, now(), now(), 1, 20, 0, 2, type, payload
            FROM unnest(?::uuid[], ?::text[], ?::jsonb[]) AS job (id, type, payload)
            """;
    private static final String INSERT_ONE = """
            INSERT INTO plain_job (id, enqueued_at, eligible_at, queue_id, max_attempts, segment, priority, type, payload)
            VALUES (?, now(), now(), 1, 20, 0, 2, ?, ?::jsonb)
            """;
    private static final JacksonPayloadSerializer SERIALIZER = new JacksonPayloadSerializer();

    private PlainTable() {}

    static void create(BenchDatabase database) throws SQLException {
        database.execute(CREATE);
    }

    /** The ids and payloads are made as {@link Tasks} makes them, so that both sides pay for that. */
    static void insert(Connection connection, int count) throws SQLException {
        if (count == 1) {
            insertOne(connection);
            return;
        }
        UUID[] ids = new UUID[count];
        String[] types = new String[count];
        String[] payloads = new String[count];
        for (int number = 0; number < count; number++) {
            NewJob<Task> job = Tasks.one("plain", number);
            ids[number] = job.id();
            types[number] = job.type().name();
            payloads[number] = SERIALIZER.write(job.payload());
        }
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setArray(1, connection.createArrayOf("uuid", ids));
            statement.setArray(2, connection.createArrayOf("text", types));
            statement.setArray(3, connection.createArrayOf("jsonb", payloads));
            statement.executeUpdate();
        }
    }

    private static void insertOne(Connection connection) throws SQLException {
        NewJob<Task> job = Tasks.one("plain", 0);
        try (PreparedStatement statement = connection.prepareStatement(INSERT_ONE)) {
            statement.setObject(1, job.id());
            statement.setString(2, job.type().name());
            statement.setString(3, SERIALIZER.write(job.payload()));
            statement.executeUpdate();
        }
    }
}
