package io.penstock.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** PostgreSQL 18 from the jars on the class path. */
public final class EmbeddedServer implements DatabaseServer {

    private final EmbeddedPostgres postgres;

    private EmbeddedServer(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    /**
     * Starts a server. It is stopped and its data deleted when it is closed, and when the JVM exits.
     *
     * @param durable whether a commit waits for the disk, as on a server that one would run
     */
    public static EmbeddedServer start(boolean durable) {
        try {
            Path home = EmbeddedHome.ofThisUser();
            Path data = EmbeddedHome.newData(home);
            EmbeddedPostgres.Builder builder = builder(home, data);
            if (durable) {
                List.of("fsync", "full_page_writes", "synchronous_commit")
                        .forEach(setting -> builder.setServerConfig(setting, "on"));
            }
            return new EmbeddedServer(builder.start());
        } catch (IOException failure) {
            throw new UncheckedIOException(
                    "the embedded PostgreSQL did not start: " + failure.getMessage()
                            + "; free some space in the temporary directory, or point PENSTOCK_DATABASE_URL at a server",
                    failure);
        }
    }

    /** What every embedded server is started with. */
    static EmbeddedPostgres.Builder builder(Path home, Path data) {
        return EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(home.resolve("programs").toFile())
                .setDataDirectory(data)
                .setPGStartupWait(Duration.ofSeconds(60))
                .setServerConfig("max_connections", "200")
                .setServerConfig("max_prepared_transactions", "10")
                .setServerConfig("timezone", "UTC");
    }

    @Override
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/" + database;
    }

    @Override
    public String user() {
        return "postgres";
    }

    @Override
    public @Nullable String password() {
        return "postgres";
    }

    @Override
    public String maintenanceDatabase() {
        return "postgres";
    }

    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
