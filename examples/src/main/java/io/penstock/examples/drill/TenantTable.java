package io.penstock.examples.drill;

import io.penstock.dualwrite.Side;
import io.penstock.dualwrite.StatementSide;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
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

    private static final StatementSide<TenantRow> ROWS = new StatementSide<>(
            "INSERT INTO tenant VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET number = excluded.number",
            "DELETE FROM tenant WHERE key = ?",
            "SELECT key, number FROM tenant WHERE key = ANY (?)",
            "SELECT key FROM tenant WHERE key COLLATE \"C\" > ? ORDER BY key COLLATE \"C\" LIMIT ?",
            (statement, value) -> statement.setLong(2, value.number()),
            row -> new TenantRow(row.getLong(2)));

    /** What happens in the transaction after a write; for a fault to be made there. */
    @FunctionalInterface
    interface AfterWrite {
        void run(Connection connection, String key) throws SQLException;
    }

    static void upsert(Connection connection, String key, long number) throws SQLException {
        ROWS.write(connection, key, new TenantRow(number));
    }

    @Override
    public void write(Connection connection, String key, @Nullable TenantRow value) throws SQLException {
        ROWS.write(connection, key, value);
        then.run(connection, key);
    }

    @Override
    public Map<String, TenantRow> read(Connection connection, Collection<String> keys) throws SQLException {
        return ROWS.read(connection, keys);
    }

    @Override
    public List<String> keys(Connection connection, String after, int most) throws SQLException {
        return ROWS.keys(connection, after, most);
    }
}
