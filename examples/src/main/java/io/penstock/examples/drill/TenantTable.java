package io.penstock.examples.drill;

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

/** The tenants' table, the same on A and B. What is written there is counted by the database itself, in "written". */
record TenantTable(AfterWrite then) implements Side<TenantRow> {

    static final String TENANT = "tenant-7";
    static final int TENANTS = 20;

    static final String CREATE = """
            CREATE TABLE tenant (key text PRIMARY KEY, number bigint NOT NULL);
            CREATE TABLE written (key text NOT NULL, number bigint NOT NULL);
            INSERT INTO tenant SELECT 'tenant-' || g, 0 FROM generate_series(1, 20) AS g;
            CREATE FUNCTION count_written() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO written VALUES (NEW.key, NEW.number);
                RETURN NULL;
            END
            $$;
            CREATE TABLE broken (key text NOT NULL);
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (SELECT FROM broken AS b WHERE b.key = NEW.key) THEN
                    RAISE EXCEPTION 'the migration has no room for %', NEW.key;
                END IF;
                RETURN NULL;
            END
            $$;
            CREATE CONSTRAINT TRIGGER refused AFTER INSERT OR UPDATE ON tenant DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION refuse();
            CREATE TRIGGER counted AFTER INSERT OR UPDATE ON tenant FOR EACH ROW EXECUTE FUNCTION count_written();
            """;

    private static final String UPSERT =
            "INSERT INTO tenant VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET number = excluded.number";

    /** What happens in the transaction after a write; for a fault to be made there. */
    @FunctionalInterface
    interface AfterWrite {
        AfterWrite NOTHING = (connection, key) -> {};

        void run(Connection connection, String key) throws SQLException;
    }

    static void upsert(Connection connection, String key, long number) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(UPSERT)) {
            statement.setString(1, key);
            statement.setLong(2, number);
            statement.executeUpdate();
        }
    }

    @Override
    public void write(Connection connection, String key, @Nullable TenantRow value) throws SQLException {
        if (value == null) {
            throw new SQLException("the drill removes no tenant", "0A000");
        }
        upsert(connection, key, value.number());
        then.run(connection, key);
    }

    @Override
    public Map<String, TenantRow> read(Connection connection, Collection<String> keys) throws SQLException {
        Map<String, TenantRow> values = new HashMap<>();
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT key, number FROM tenant WHERE key = ANY (?)")) {
            statement.setArray(1, connection.createArrayOf("text", keys.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    values.put(row.getString(1), new TenantRow(row.getLong(2)));
                }
            }
        }
        return values;
    }

    @Override
    public List<String> keys(Connection connection, String after, int most) throws SQLException {
        List<String> keys = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT key FROM tenant WHERE key COLLATE \"C\" > ? ORDER BY key COLLATE \"C\" LIMIT ?")) {
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
