package io.penstock.examples.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.penstock.JobQueue;
import io.penstock.examples.setup.TemporaryDatabase;
import io.penstock.migrate.Migrator;
import io.penstock.testkit.DatabaseServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A migrated database for one benchmark, dropped when it is closed. */
final class BenchDatabase implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(BenchDatabase.class);

    private final TemporaryDatabase database;

    private BenchDatabase(TemporaryDatabase database) {
        this.database = database;
    }

    static BenchDatabase create(DatabaseServer server, String purpose) throws SQLException {
        BenchDatabase made = new BenchDatabase(TemporaryDatabase.create(
                server, "penstock_bench_" + ProcessHandle.current().pid() + "_" + purpose));
        new Migrator(made.dataSource()).migrate();
        return made;
    }

    String name() {
        return database.name();
    }

    DataSource dataSource() {
        return database.dataSource();
    }

    JobQueue jobQueue() {
        return JobQueue.on(dataSource());
    }

    Connection connect() throws SQLException {
        return dataSource().getConnection();
    }

    /** As a service would have it, with connections kept open. */
    HikariDataSource pool(int size) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(dataSource());
        config.setPoolName("bench");
        config.setMaximumPoolSize(size);
        return new HikariDataSource(config);
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** So that a measurement starts with none of the writes that are owed for the one before; left out if not allowed. */
    void checkpoint() {
        try {
            execute("CHECKPOINT");
        } catch (SQLException refused) {
            log.info("no checkpoint before the measurement: {}", refused.getMessage());
        }
    }

    /** The one number that a query answers. */
    long number(String sql, Object... parameters) throws SQLException {
        try (Connection connection = connect()) {
            return number(connection, sql, parameters);
        }
    }

    static long number(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int index = 0; index < parameters.length; index++) {
                statement.setObject(index + 1, parameters[index]);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
