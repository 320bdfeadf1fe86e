package io.penstock.examples.setup;

import io.penstock.error.DatabaseUnavailableException;
import io.penstock.testkit.DatabaseServer;
import io.penstock.testkit.EmbeddedServer;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A database that is dropped when it is closed, and when the JVM is told to end before that. */
public final class TemporaryDatabase implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TemporaryDatabase.class);

    private final DatabaseServer server;
    private final String name;
    private final Thread atExit = new Thread(this::drop, "database-drop");

    private TemporaryDatabase(DatabaseServer server, String name) {
        this.server = server;
        this.name = name;
    }

    /**
     * The server that such databases are made on: the one that the environment names, else one of our own.
     *
     * @param durable whether a commit of our own one waits for the disk
     */
    public static DatabaseServer server(boolean durable) {
        try {
            return DatabaseServer.fromEnvironment(durable);
        } catch (UncheckedIOException failure) {
            throw new DatabaseUnavailableException(String.valueOf(failure.getMessage()), failure);
        }
    }

    public static TemporaryDatabase create(DatabaseServer server, String name) throws SQLException {
        TemporaryDatabase database = new TemporaryDatabase(server, server.createDatabase(name));
        if (!(server instanceof EmbeddedServer)) { // which goes as a whole
            Runtime.getRuntime().addShutdownHook(database.atExit);
        }
        return database;
    }

    public String name() {
        return name;
    }

    public DataSource dataSource() {
        return server.dataSource(name);
    }

    private void drop() {
        try {
            server.dropDatabase(name);
        } catch (SQLException failure) {
            log.info("database \"{}\" was not dropped: {}", name, failure.getMessage());
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException shuttingDown) {
            log.debug("the JVM ends, and its hook drops the database", shuttingDown);
            return;
        }
        drop();
    }
}
