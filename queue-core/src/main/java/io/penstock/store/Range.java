package io.penstock.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Where in one leaf a running job can be, by level: above the floor, up to the claim ceiling. What waits above the ceiling,
 * and what was left dead below the floor, is never read.
 */
@SuppressWarnings("ArrayRecordComponent") // read by the statements, compared by nobody
public record Range(long[] floors, long[] ceilings) {

    boolean empty(int level) {
        return ceilings[level] <= floors[level];
    }

    /** Sets the first parameters: priority, floor, ceiling; answers the number after them. */
    int bind(PreparedStatement statement, int level) throws SQLException {
        statement.setInt(1, level);
        statement.setLong(2, floors[level]);
        statement.setLong(3, ceilings[level]);
        return 4;
    }
}
