package io.penstock.store;

import io.penstock.job.Lending;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;

/** Lending terms as they are stored: headroom, hold, long loans, and the horizon in milliseconds. */
final class LendingColumn {

    private LendingColumn() {}

    static Lending read(ResultSet row, int column) throws SQLException {
        Integer[] terms = (Integer[]) row.getArray(column).getArray();
        return new Lending(terms[0], terms[1], terms[2], Duration.ofMillis(terms[3]));
    }

    static Array array(Connection connection, Lending lending) throws SQLException {
        return connection.createArrayOf("integer", terms(lending));
    }

    /** As JSON. */
    static String text(Lending lending) {
        return Arrays.toString(terms(lending));
    }

    private static Integer[] terms(Lending lending) {
        return new Integer[] {
            lending.headroom(),
            lending.hold(),
            lending.longLoans(),
            Math.toIntExact(lending.horizon().toMillis())
        };
    }
}
