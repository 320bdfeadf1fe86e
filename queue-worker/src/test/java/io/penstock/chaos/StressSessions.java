package io.penstock.chaos;

import io.penstock.chaos.StressTransaction.End;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;

/** The connections of one enqueuer, for use by its thread, and what is done to a session from another. */
final class StressSessions implements AutoCloseable {

    private final DataSource dataSource;
    private final Deque<Connection> idle = new ArrayDeque<>();

    StressSessions(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    Connection take() throws SQLException {
        Connection connection = idle.poll();
        return connection == null ? dataSource.getConnection() : connection;
    }

    void giveBack(Connection connection) {
        idle.push(connection);
    }

    void discard(Connection connection) {
        try {
            connection.close();
        } catch (SQLException closed) {
            // it is gone
        }
    }

    /** Ends a session, and waits for its end; if nobody can be asked, the server is down and all have ended. */
    CompletableFuture<Void> terminate(int session) {
        return CompletableFuture.runAsync(() -> {
            try (Connection other = dataSource.getConnection();
                    PreparedStatement statement = other.prepareStatement("SELECT pg_terminate_backend(?, 10000)")) {
                statement.setInt(1, session);
                statement.execute();
            } catch (SQLException away) {
                // as it says above
            }
        });
    }

    /** Ends a prepared transaction as its name says. */
    void endPrepared(String name) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            String verb = name.endsWith(End.COMMIT_PREPARED.name()) ? "COMMIT" : "ROLLBACK";
            statement.execute(verb + " PREPARED '" + name + "'");
        }
    }

    @Override
    public void close() {
        idle.forEach(this::discard);
    }
}
