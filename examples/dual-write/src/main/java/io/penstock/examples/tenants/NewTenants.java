package io.penstock.examples.tenants;

import io.penstock.dualwrite.Side;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The new cluster: the plan is part of a document. */
final class NewTenants implements Side<Tenant> {

    @Override
    public void write(Connection connection, String key, @Nullable Tenant tenant) throws SQLException {
        if (tenant == null) {
            try (PreparedStatement statement = connection.prepareStatement("DELETE FROM account WHERE key = ?")) {
                statement.setString(1, key);
                statement.executeUpdate();
            }
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO account (key, name, details) VALUES (?, ?, jsonb_build_object('plan', ?::text))"
                        + " ON CONFLICT (key) DO UPDATE SET name = excluded.name, details = excluded.details")) {
            statement.setString(1, key);
            statement.setString(2, tenant.name());
            statement.setString(3, tenant.plan());
            statement.executeUpdate();
        }
    }

    @Override
    public Map<String, Tenant> read(Connection connection, Collection<String> keys) throws SQLException {
        Map<String, Tenant> tenants = new HashMap<>();
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT key, name, details ->> 'plan' FROM account WHERE key = ANY (?)")) {
            statement.setArray(1, connection.createArrayOf("text", keys.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    tenants.put(row.getString(1), new Tenant(row.getString(2), row.getString(3)));
                }
            }
        }
        return tenants;
    }

    @Override
    public List<String> keys(Connection connection, String after, int most) throws SQLException {
        List<String> keys = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT key FROM account WHERE key COLLATE \"C\" > ? ORDER BY key COLLATE \"C\" LIMIT ?")) {
            statement.setString(1, after);
            statement.setInt(2, most);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    keys.add(row.getString(1));
                }
            }
        }
        return keys;
    }
}
