package io.penstock.store;

import io.penstock.job.RateLimit;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A rate as it is stored: jobs and milliseconds, or null for none. */
final class RateColumn {

    private RateColumn() {}

    static @Nullable RateLimit read(ResultSet row, int column) throws SQLException {
        Array stored = row.getArray(column);
        if (stored == null) {
            return null;
        }
        Integer[] rate = (Integer[]) stored.getArray();
        return new RateLimit(rate[0], Duration.ofMillis(rate[1]));
    }

    static @Nullable Array array(Connection connection, @Nullable RateLimit rate) throws SQLException {
        return rate == null
                ? null
                : connection.createArrayOf(
                        "integer",
                        new Integer[] {rate.jobs(), Math.toIntExact(rate.per().toMillis())});
    }
}
