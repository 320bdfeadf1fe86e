package io.penstock.examples.benchmarks;

import io.penstock.JobQueue;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The transaction of a service: a row of its own, and beside it a job or a row of a plain table. */
record HostTransaction(JobQueue jobQueue, String queue) {

    private static final String CREATE = """
            CREATE TABLE business (
                id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                customer text        NOT NULL,
                note     text        NOT NULL,
                made_at  timestamptz NOT NULL DEFAULT now())
            """;
    private static final String INSERT = "INSERT INTO business (customer, note) VALUES (?, ?)";
    private static final String NOTE = "an order of three items, to be sent by the end of the week. ".repeat(3);

    static void prepare(BenchDatabase database) throws SQLException {
        database.execute(CREATE);
    }

    static Connection connect(BenchDatabase database) throws SQLException {
        Connection connection = database.connect();
        connection.setAutoCommit(false);
        return connection;
    }

    int enqueue(Connection connection) throws SQLException {
        insert(connection);
        jobQueue.enqueue(connection, Tasks.one(queue, 0));
        connection.commit();
        return 1;
    }

    int plain(Connection connection) throws SQLException {
        insert(connection);
        PlainTable.insert(connection, 1);
        connection.commit();
        return 1;
    }

    private static void insert(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, "customer-0");
            statement.setString(2, NOTE);
            statement.executeUpdate();
        }
    }
}
