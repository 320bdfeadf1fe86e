package io.penstock.diagnose;

import io.penstock.database.SqlFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Whether a connection is a session. One client leaves a mark on its session; while another has a transaction open, the first
 * looks whether its mark is still there. A pooler in transaction mode gives the session to whoever comes: then the other sees
 * the mark, or the first does not.
 */
final class PoolerCheck {

    private static final String MARK = "penstock.doctor";

    private PoolerCheck() {}

    static Finding look(DataSource dataSource) {
        try (Connection first = dataSource.getConnection();
                Connection other = dataSource.getConnection()) {
            String mark = UUID.randomUUID().toString();
            first.setAutoCommit(true);
            mark(first, mark);
            other.setAutoCommit(false);
            try {
                boolean seenByOther = mark.equals(seen(other));
                boolean seenByFirst = mark.equals(seen(first));
                return seenByOther || !seenByFirst ? pooled() : Finding.ok("pooler", "none in transaction mode");
            } finally {
                other.rollback();
                other.setAutoCommit(true);
                mark(first, "");
            }
        } catch (SQLException failure) {
            throw SqlFailure.translate("look for a pooler", failure);
        }
    }

    private static Finding pooled() {
        return Finding.warn(
                "pooler",
                "connections go through a pooler in transaction mode",
                "it works, by polling: nobody is woken, and a dead worker is noticed after 15 s instead of 2; give"
                        + " workers a URL past the pooler");
    }

    private static void mark(Connection connection, String mark) throws SQLException {
        try (PreparedStatement set = connection.prepareStatement("SELECT set_config(?, ?, false)")) {
            set.setString(1, MARK);
            set.setString(2, mark);
            set.execute();
        }
    }

    private static String seen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT coalesce(current_setting('" + MARK + "', true), '')")) {
            row.next();
            return row.getString(1);
        }
    }
}
