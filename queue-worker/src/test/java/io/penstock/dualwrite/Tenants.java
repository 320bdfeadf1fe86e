package io.penstock.dualwrite;

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

/** Tenants in two schemas: with a column for each field in the old one, with a document in the new. */
class Tenants implements Side<Tenant> {

    private final String write;
    private final String remove;
    private final String read;
    private final String keys;

    private Tenants(String write, String remove, String read, String keys) {
        this.write = write;
        this.remove = remove;
        this.read = read;
        this.keys = keys;
    }

    /** The same statements, for a test to override something. */
    Tenants(Tenants same) {
        this(same.write, same.remove, same.read, same.keys);
    }

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

    static final Tenants OLD = new Tenants(
            "INSERT INTO tenant (id, name, plan) VALUES (?, ?, ?)"
                    + " ON CONFLICT (id) DO UPDATE SET name = excluded.name, plan = excluded.plan",
            "DELETE FROM tenant WHERE id = ?",
            "SELECT id, name, plan FROM tenant WHERE id = ANY (?)",
            "SELECT id FROM tenant WHERE id COLLATE \"C\" > ? ORDER BY id COLLATE \"C\" LIMIT ?");

    static final Tenants NEW = new Tenants(
            "INSERT INTO account (key, name, details) VALUES (?, ?, jsonb_build_object('plan', ?::text))"
                    + " ON CONFLICT (key) DO UPDATE SET name = excluded.name, details = excluded.details",
            "DELETE FROM account WHERE key = ?",
            "SELECT key, name, details ->> 'plan' FROM account WHERE key = ANY (?)",
            "SELECT key FROM account WHERE key COLLATE \"C\" > ? ORDER BY key COLLATE \"C\" LIMIT ?");

    @Override
    public void write(Connection connection, String key, @Nullable Tenant value) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(value == null ? remove : write)) {
            statement.setString(1, key);
            if (value != null) {
                statement.setString(2, value.name());
                statement.setString(3, value.plan());
            }
            statement.executeUpdate();
        }
    }

    @Override
    public Map<String, Tenant> read(Connection connection, Collection<String> wanted) throws SQLException {
        Map<String, Tenant> values = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(read)) {
            statement.setArray(1, connection.createArrayOf("text", wanted.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    values.put(row.getString(1), new Tenant(row.getString(2), row.getString(3)));
                }
            }
        }
        return values;
    }

    @Override
    public List<String> keys(Connection connection, String after, int most) throws SQLException {
        List<String> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(keys)) {
            statement.setString(1, after);
            statement.setInt(2, most);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.add(row.getString(1));
                }
            }
        }
        return found;
    }
}
