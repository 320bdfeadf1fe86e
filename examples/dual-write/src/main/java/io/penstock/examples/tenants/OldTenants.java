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

/** The old cluster: a column for each field. */
final class OldTenants implements Side<Tenant> {

    @Override
    public void write(Connection connection, String key, @Nullable Tenant tenant) throws SQLException {
        if (tenant == null) {
            try (PreparedStatement statement = connection.prepareStatement("DELETE FROM tenant WHERE id = ?")) {
                statement.setString(1, key);
                statement.executeUpdate();
            }
            return;
        }
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO tenant (id, name, plan) VALUES (?, ?, ?)"
                        + " ON CONFLICT (id) DO UPDATE SET name = excluded.name, plan = excluded.plan")) {
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
                connection.prepareStatement("SELECT id, name, plan FROM tenant WHERE id = ANY (?)")) {
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
                "SELECT id FROM tenant WHERE id COLLATE \"C\" > ? ORDER BY id COLLATE \"C\" LIMIT ?")) {
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
