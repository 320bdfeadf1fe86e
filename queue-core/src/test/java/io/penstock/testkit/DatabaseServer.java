package io.penstock.testkit;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL to work on: one that is named by {@code PENSTOCK_DATABASE_URL} (with {@code PENSTOCK_DATABASE_USER} and
 * {@code PENSTOCK_DATABASE_PASSWORD}; of several, with spaces between them, each JVM of a build takes one), else an embedded one on a free port in a temporary directory, which is stopped and
 * deleted when it is closed or the JVM exits.
 */
public interface DatabaseServer extends AutoCloseable {

    /** The JDBC URL of a database of this server. */
    String url(String database);

    String user();

    @Nullable
    String password();

    /** The database that may be connected to before another exists. */
    String maintenanceDatabase();

    @Override
    void close();

    /** The server that the environment asks for: a container, an existing one, or else an embedded one. */
    static DatabaseServer fromEnvironment() {
        return fromEnvironment(false);
    }

    /**
     * As {@link #fromEnvironment()}.
     *
     * @param durable whether a commit of an embedded one waits for the disk
     */
    static DatabaseServer fromEnvironment(boolean durable) {
        if ("container".equals(System.getProperty("penstock.test.server"))) {
            return ContainerServer.start();
        }
        String url = System.getenv("PENSTOCK_DATABASE_URL");
        return url == null || url.isBlank()
                ? EmbeddedServer.start(durable)
                : ExistingServer.of(
                        ofThisFork(url.trim().split("\\s+")),
                        System.getenv("PENSTOCK_DATABASE_USER"),
                        System.getenv("PENSTOCK_DATABASE_PASSWORD"));
    }

    /** Of several servers the one for this JVM, of the several that a build may run tests in. */
    private static String ofThisFork(String[] urls) {
        return urls[(Integer.getInteger("penstock.test.fork", 1) - 1) % urls.length];
    }

    default DataSource dataSource(String database) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(url(database));
        dataSource.setUser(user());
        dataSource.setPassword(password());
        dataSource.setApplicationName("penstock-test");
        return dataSource;
    }

    /** Makes an empty database; its name is made safe by force: lower-case letters, digits and underscores. */
    default String createDatabase(String name) throws SQLException {
        return createDatabase(name, "template0");
    }

    /** The same, as a copy of another database, to which nobody may be connected. */
    default String createDatabase(String name, String template) throws SQLException {
        String safe = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        try (Connection connection = dataSource(maintenanceDatabase()).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS " + safe + " WITH (FORCE)");
            statement.execute("CREATE DATABASE " + safe + " TEMPLATE " + template + " ENCODING 'UTF8'");
        }
        return safe;
    }

    default void dropDatabase(String name) throws SQLException {
        try (Connection connection = dataSource(maintenanceDatabase()).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
        }
    }
}
