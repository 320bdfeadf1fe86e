package io.penstock.worker;

import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Hears every wake-up that is sent in a database. */
final class WakeUps implements AutoCloseable {

    private static final String END = "all heard so far";
    private static final int PATIENCE_MILLIS = 10_000;

    private final PenstockDatabase database;
    private final Connection connection;

    WakeUps(PenstockDatabase database) throws SQLException {
        this.database = database;
        this.connection = database.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN penstock_wake");
        }
    }

    /** What was sent since the last call, by transactions that have committed: notifications arrive in that order. */
    List<String> sent() throws SQLException {
        database.execute("SELECT pg_notify('penstock_wake', '" + END + "')");
        List<String> sent = new ArrayList<>();
        while (true) {
            PGNotification[] received = connection.unwrap(PGConnection.class).getNotifications(PATIENCE_MILLIS);
            if (received == null || received.length == 0) {
                throw new AssertionError("the test's own notification did not arrive");
            }
            for (PGNotification notification : received) {
                if (notification.getParameter().equals(END)) {
                    return sent;
                }
                sent.add(notification.getParameter());
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
