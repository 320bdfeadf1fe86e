package io.penstock.dualwrite;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Tenants in two schemas: with a column for each field in the old one, with a document in the new. */
final class Tenants {

    static final String OLD_TABLE = "CREATE TABLE tenant (id text PRIMARY KEY, name text NOT NULL, plan text NOT NULL)";
    static final String NEW_TABLE =
            "CREATE TABLE account (key text PRIMARY KEY, name text NOT NULL, details jsonb NOT NULL)";

    /** Every write that is made there, as the database sees it. */
    static final String COUNTED = """
            CREATE TABLE written (number bigint GENERATED ALWAYS AS IDENTITY, plan text);
            CREATE FUNCTION count_written() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO written (plan) VALUES (NEW.details ->> 'plan');
                RETURN NULL;
            END
            $$;
            CREATE TRIGGER counted AFTER INSERT OR UPDATE ON account FOR EACH ROW EXECUTE FUNCTION count_written();
            """;

    static final StatementSide<Tenant> OLD = new StatementSide<>(
            "INSERT INTO tenant (id, name, plan) VALUES (?, ?, ?)"
                    + " ON CONFLICT (id) DO UPDATE SET name = excluded.name, plan = excluded.plan",
            "DELETE FROM tenant WHERE id = ?",
            "SELECT id, name, plan FROM tenant WHERE id = ANY (?)",
            "SELECT id FROM tenant WHERE id COLLATE \"C\" > ? ORDER BY id COLLATE \"C\" LIMIT ?",
            Tenants::bind,
            Tenants::map);

    static final StatementSide<Tenant> NEW = new StatementSide<>(
            "INSERT INTO account (key, name, details) VALUES (?, ?, jsonb_build_object('plan', ?::text))"
                    + " ON CONFLICT (key) DO UPDATE SET name = excluded.name, details = excluded.details",
            "DELETE FROM account WHERE key = ?",
            "SELECT key, name, details ->> 'plan' FROM account WHERE key = ANY (?)",
            "SELECT key FROM account WHERE key COLLATE \"C\" > ? ORDER BY key COLLATE \"C\" LIMIT ?",
            Tenants::bind,
            Tenants::map);

    private Tenants() {}

    private static void bind(PreparedStatement statement, Tenant tenant) throws SQLException {
        statement.setString(2, tenant.name());
        statement.setString(3, tenant.plan());
    }

    private static Tenant map(ResultSet row) throws SQLException {
        return new Tenant(row.getString(2), row.getString(3));
    }
}
