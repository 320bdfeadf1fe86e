package io.penstock.examples.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A transaction that has taken its snapshot, reads nothing, and stays open: what an idle report or a forgotten session is. */
final class HeldSnapshot implements AutoCloseable {

    private final BenchDatabase database;
    private final Connection connection;
    private final long session;

    private HeldSnapshot(BenchDatabase database, Connection connection, long session) {
        this.database = database;
        this.connection = connection;
        this.session = session;
    }

    static HeldSnapshot take(BenchDatabase database) throws SQLException {
        Connection connection = database.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            HeldSnapshot held =
                    new HeldSnapshot(database, connection, BenchDatabase.number(connection, "SELECT pg_backend_pid()"));
            held.check();
            return held;
        } catch (SQLException failure) {
            connection.close();
            throw failure;
        }
    }

    /** That the server still keeps what this snapshot may see: without that nothing would have been measured. */
    void check() throws SQLException {
        long holding = database.number(
                "SELECT count(*) FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND pid = ?", session);
        if (holding != 1) {
            throw new IllegalStateException("held snapshot: expected session " + session
                    + " to hold one throughout the phase, it does not; is there a timeout for idle transactions?");
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
