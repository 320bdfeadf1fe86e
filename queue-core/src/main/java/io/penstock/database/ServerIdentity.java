package io.penstock.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Which server this is, and since when. After a failover, a restore or a restart, sequences may have gone back: what was
 * remembered of positions under another identity is worth nothing.
 */
public record ServerIdentity(long systemIdentifier, int timeline, String startedAt) {

    /**
     * Reads it.
     *
     * @throws SQLException also if the server takes no writes (25006), so that nobody begins to work with it
     */
    public static ServerIdentity read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                        SELECT s.system_identifier, c.timeline_id, pg_postmaster_start_time()::text,
                               current_setting('transaction_read_only')::boolean
                        FROM pg_control_system() AS s, pg_control_checkpoint() AS c
                        """);
                ResultSet row = statement.executeQuery()) {
            row.next();
            if (row.getBoolean(4)) {
                throw new SQLException(
                        "expected a server that takes writes, found one that is read-only: a standby, or a login whose"
                                + " transactions are read-only",
                        "25006");
            }
            return new ServerIdentity(row.getLong(1), row.getInt(2), row.getString(3));
        }
    }
}
