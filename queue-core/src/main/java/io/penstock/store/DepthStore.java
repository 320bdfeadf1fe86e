package io.penstock.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** How much waits. Runs inside the caller's transaction. */
public final class DepthStore {

    private DepthStore() {}

    /** The eligible and unclaimed jobs of a queue; the cap where there are at least as many. */
    public static int depth(Connection connection, int queueId, int cap) throws SQLException {
        int depth = 0;
        for (int segment = 0; segment < Leaf.SEGMENTS && depth < cap; segment++) {
            String sql = Statements.of("depth", new Leaf(queueId, segment));
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setInt(1, cap - depth);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    depth += row.getInt(1);
                }
            }
        }
        return depth;
    }
}
