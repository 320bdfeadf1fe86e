package io.penstock.examples.benchmarks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a figure depends on besides the code: the server, its settings, the machine, the JDK. */
final class Settings {

    private static final String SERVER = """
            SELECT name, current_setting(name)
            FROM unnest(ARRAY['server_version', 'shared_buffers', 'fsync', 'synchronous_commit', 'full_page_writes',
                              'wal_level', 'max_wal_size', 'checkpoint_timeout', 'autovacuum']) AS wanted (name)
            """;

    private Settings() {}

    static Map<String, String> read(Connection connection) throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SERVER)) {
            while (rows.next()) {
                settings.put(rows.getString(1), rows.getString(2));
            }
        }
        settings.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
        settings.put("jdk", Runtime.version().toString());
        return settings;
    }
}
