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

    public static ServerIdentity read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                        SELECT s.system_identifier, c.timeline_id, pg_postmaster_start_time()::text
                        FROM pg_control_system() AS s, pg_control_checkpoint() AS c
                        """);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new ServerIdentity(row.getLong(1), row.getInt(2), row.getString(3));
        }
    }
}
