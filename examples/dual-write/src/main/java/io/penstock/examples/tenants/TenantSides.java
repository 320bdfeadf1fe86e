package io.penstock.examples.tenants;

import io.penstock.dualwrite.Side;
import io.penstock.dualwrite.StatementSide;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** How a tenant is stored on either cluster. */
final class TenantSides {

    /** A column for each field. */
    static final Side<Tenant> OLD = new StatementSide<>(
            "INSERT INTO tenant (id, name, plan) VALUES (?, ?, ?)"
                    + " ON CONFLICT (id) DO UPDATE SET name = excluded.name, plan = excluded.plan",
            "DELETE FROM tenant WHERE id = ?",
            "SELECT id, name, plan FROM tenant WHERE id = ANY (?)",
            "SELECT id FROM tenant WHERE id COLLATE \"C\" > ? ORDER BY id COLLATE \"C\" LIMIT ?",
            TenantSides::bind,
            TenantSides::map);

    /** The plan is part of a document. */
    static final Side<Tenant> NEW = new StatementSide<>(
            "INSERT INTO account (key, name, details) VALUES (?, ?, jsonb_build_object('plan', ?::text))"
                    + " ON CONFLICT (key) DO UPDATE SET name = excluded.name, details = excluded.details",
            "DELETE FROM account WHERE key = ?",
            "SELECT key, name, details ->> 'plan' FROM account WHERE key = ANY (?)",
            "SELECT key FROM account WHERE key COLLATE \"C\" > ? ORDER BY key COLLATE \"C\" LIMIT ?",
            TenantSides::bind,
            TenantSides::map);

    private TenantSides() {}

    private static void bind(PreparedStatement statement, Tenant tenant) throws SQLException {
        statement.setString(2, tenant.name());
        statement.setString(3, tenant.plan());
    }

    private static Tenant map(ResultSet row) throws SQLException {
        return new Tenant(row.getString(2), row.getString(3));
    }
}
