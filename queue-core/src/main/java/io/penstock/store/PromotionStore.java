package io.penstock.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Moves due jobs into line. Due times are microseconds of the epoch. Runs inside the caller's transaction. */
public final class PromotionStore {

    private PromotionStore() {}

    /** Promotes at most {@code most} due jobs of a queue; answers how many. */
    public static int promote(Connection connection, int queueId, long floor, int most) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("promote"))) {
            statement.setInt(1, queueId);
            statement.setLong(2, floor);
            statement.setInt(3, most);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
