package io.penstock.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** Moves due jobs into line. Runs inside the caller's transaction. */
public final class PromotionStore {

    private PromotionStore() {}

    /** Promotes at most {@code most} due jobs; answers how many per queue id. */
    public static Map<Integer, Integer> promote(Connection connection, int most) throws SQLException {
        Map<Integer, Integer> promoted = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("promote"))) {
            statement.setInt(1, most);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    promoted.put(rows.getInt(1), rows.getInt(2));
                }
            }
        }
        return promoted;
    }
}
