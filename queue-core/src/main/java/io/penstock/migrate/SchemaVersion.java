package io.penstock.migrate;

import io.penstock.error.SchemaException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The version of the schema that this code works with, and the check that the database has it. */
public final class SchemaVersion {

    /** The oldest server that is supported: PostgreSQL 15. */
    public static final int OLDEST_SERVER = 150_000;
    /** The number of the last migration. */
    public static final int CURRENT =
            Migrations.all().get(Migrations.all().size() - 1).version();

    private SchemaVersion() {}

    /**
     * Answers the version.
     *
     * @throws SchemaException if the server is too old, or the schema missing, older or newer than this code */
    public static int check(Connection connection) throws SQLException {
        checkServer(connection);
        int found = read(connection);
        if (found == 0) {
            throw new SchemaException("schema \"penstock\": expected version " + CURRENT + ", found none in database \""
                    + connection.getCatalog() + "\"; run penstock migrate");
        }
        if (found < CURRENT) {
            throw new SchemaException("schema \"penstock\": expected version " + CURRENT + ", was the older " + found
                    + "; run penstock migrate");
        }
        if (found > CURRENT) {
            throw new SchemaException("schema \"penstock\": expected version " + CURRENT + ", was the newer " + found
                    + "; deploy a version of Penstock that knows it");
        }
        return found;
    }

    static int checkServer(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT current_setting('server_version_num')::integer, current_setting('server_version')");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return requireServer(row.getInt(1), row.getString(2));
        }
    }

    static int requireServer(int number, String name) {
        if (number < OLDEST_SERVER) {
            throw new SchemaException("server: expected PostgreSQL 15 or newer, was " + name + "; upgrade the server");
        }
        return number;
    }

    /** The version found, 0 where there is none. */
    static int read(Connection connection) throws SQLException {
        try (PreparedStatement exists =
                        connection.prepareStatement("SELECT to_regprocedure('penstock.schema_version()') IS NOT NULL");
                ResultSet row = exists.executeQuery()) {
            row.next();
            if (!row.getBoolean(1)) {
                return 0;
            }
        }
        try (PreparedStatement version = connection.prepareStatement("SELECT penstock.schema_version()");
                ResultSet row = version.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }
}
