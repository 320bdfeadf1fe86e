package io.penstock.examples.drill;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.penstock.migrate.Migrator;
import io.penstock.testkit.DatabaseServer;
import io.penstock.testkit.EmbeddedServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Two PostgreSQL servers, and a database on each for every run. Whoever looks at them does it over connections of its own, which never wait for a standby. */
final class TwoClusters implements AutoCloseable {

    static final int POOL = 10;
    private static final Duration CONNECT = Duration.ofSeconds(2);

    private final DatabaseServer a = EmbeddedServer.start(false);
    private final DatabaseServer b = EmbeddedServer.start(false);
    private String database = "";

    /** Fresh databases of that name on both. */
    void begin(String name) throws SQLException {
        database = name;
        for (DatabaseServer server : List.of(a, b)) {
            server.createDatabase(name);
            new Migrator(server.dataSource(name)).migrate();
            run(server, TenantTable.CREATE);
        }
        run(a, "ALTER DATABASE " + name + " SET synchronous_commit = local");
    }

    DataSource toA() {
        return a.dataSource(database);
    }

    DataSource toB() {
        return b.dataSource(database);
    }

    /** As a service has it: ten connections, and nothing bounded but the wait for one. */
    static HikariDataSource pool(DataSource dataSource) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(dataSource);
        config.setMaximumPoolSize(POOL);
        config.setConnectionTimeout(CONNECT.toMillis());
        return new HikariDataSource(config);
    }

    void runOnA(String sql) throws SQLException {
        run(a, sql);
    }

    List<String> queryA(String sql) throws SQLException {
        return query(toA(), sql);
    }

    List<String> queryB(String sql) throws SQLException {
        return query(toB(), sql);
    }

    private void run(DatabaseServer server, String sql) throws SQLException {
        try (Connection connection = server.dataSource(database).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit = local");
            statement.execute(sql);
        }
    }

    private static List<String> query(DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return query(connection, sql);
        }
    }

    static List<String> query(Connection connection, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                values.add(row.getString(1));
            }
        }
        return values;
    }

    void endSessions() throws SQLException {
        for (DataSource to : List.of(toA(), toB())) {
            query(
                    to,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }
    }

    /** Whatever is left open goes with it. */
    void end() throws SQLException {
        for (DatabaseServer server : List.of(a, b)) {
            try (Connection connection =
                            server.dataSource(server.maintenanceDatabase()).getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("SET synchronous_commit = local");
                statement.execute("ALTER SYSTEM RESET synchronous_standby_names");
                statement.execute("SELECT pg_reload_conf()");
            }
            try (Connection connection = server.dataSource(database).getConnection();
                    Statement statement = connection.createStatement()) {
                for (String gid :
                        query(connection, "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()")) {
                    statement.execute("ROLLBACK PREPARED " + statement.enquoteLiteral(gid));
                }
            }
            server.dropDatabase(database);
        }
    }

    @Override
    public void close() {
        a.close();
        b.close();
    }
}
