package io.penstock.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.postgresql.PGConnection;

/**
 * An embedded server that one test owns, and does to what befalls servers: it is restarted, it crashes, and it is swapped
 * for an older copy of itself, always at the same address. Unlike the server of all other tests it answers a commit only
 * when that would survive a crash. For use by one thread.
 */
public final class RestartableServer implements DatabaseServer {

    private static final int PATIENCE = 3_000;
    private static final int PAUSE_MILLIS = 20;

    private final Path home;
    private final Path data;
    private final Map<String, String> settings;
    private final int port;
    private EmbeddedPostgres postgres;

    private RestartableServer(Path home, Map<String, String> settings) throws IOException {
        this.home = home;
        this.data = EmbeddedHome.newData(home);
        this.settings = Map.copyOf(settings);
        this.postgres = run(0);
        this.port = postgres.getPort();
    }

    /** Starts a server with settings of its own. It is stopped and its data deleted when it is closed. */
    public static RestartableServer start(Map<String, String> settings) {
        try {
            return new RestartableServer(EmbeddedHome.ofThisUser(), settings);
        } catch (IOException failure) {
            throw new UncheckedIOException("the embedded PostgreSQL did not start", failure);
        }
    }

    /** Skips the test, and says so, where all tests are to run on a server that somebody else runs. */
    public static void assumeWanted() {
        boolean elsewhere = System.getenv("PENSTOCK_DATABASE_URL") != null
                || "container".equals(System.getProperty("penstock.test.server"));
        String reason = "skipped: it needs an embedded server of its own, to restart and to copy";
        if (elsewhere) {
            System.out.println(reason);
        }
        Assumptions.assumeFalse(elsewhere, reason);
    }

    private EmbeddedPostgres run(int wantedPort) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedServer.builder(home, data)
                .setCleanDataDirectory(false)
                .setServerConfig("synchronous_commit", "on");
        settings.forEach(builder::setServerConfig);
        return (wantedPort == 0 ? builder : builder.setPort(wantedPort)).start();
    }

    /** Ends every session and stops, in good order. */
    public void stop() throws IOException {
        postgres.close();
    }

    /** Ends every process of the server without a checkpoint, as a machine that loses its power: the next start recovers. */
    public void stopImmediately() throws IOException, InterruptedException {
        long postmaster = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
        ProcessHandle process = ProcessHandle.of(postmaster)
                .orElseThrow(() -> new IllegalStateException("the embedded PostgreSQL does not run"));
        shell("kill", "-QUIT", String.valueOf(postmaster));
        process.onExit().join();
        postgres.close(); // gives up what it keeps for a server that runs
    }

    /** Starts what was stopped. */
    public void startAgain() throws IOException {
        postgres = run(port);
    }

    /** Starts what was stopped as a standby of nobody: it answers, and takes no writes until it is promoted. */
    public void startAgainAsStandby() throws IOException {
        Files.createFile(data.resolve("standby.signal"));
        startAgain();
    }

    /** Kills a server process, upon which the server ends all others and recovers from its log. Returns when it has. */
    public void crash() throws SQLException, InterruptedException {
        try (Connection victim = connect();
                Connection witness = connect()) {
            long process = victim.unwrap(PGConnection.class).getBackendPID();
            ProcessHandle.of(process).ifPresent(ProcessHandle::destroyForcibly);
            await("notices the crash", () -> !witness.isValid(1));
        }
        await("recovers", this::answers);
    }

    /** From now on this login needs its password; all others are trusted as before. */
    public void requirePassword(String login) throws IOException, SQLException {
        Path rules = data.resolve("pg_hba.conf");
        Files.writeString(rules, "host all " + login + " 127.0.0.1/32 scram-sha-256\n" + Files.readString(rules));
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    /** A copy of the data of a server that is stopped. */
    public Path copy() throws IOException {
        Path copy = EmbeddedHome.newData(home);
        shell("cp", "-a", data + "/.", copy.toString());
        return copy;
    }

    /** Puts a copy in the place of the data of a server that is stopped. */
    public void replaceBy(Path copy) throws IOException {
        shell("rm", "-r", data.toString());
        Files.move(copy, data);
    }

    private boolean answers() {
        try (Connection connection = connect()) {
            return connection.isValid(1);
        } catch (SQLException recovering) {
            return false;
        }
    }

    private interface Condition {
        boolean holds() throws SQLException;
    }

    private static void await(String what, Condition condition) throws SQLException, InterruptedException {
        for (int round = 0; !condition.holds(); round++) {
            if (round == PATIENCE) {
                throw new IllegalStateException("the embedded PostgreSQL: expected that it " + what);
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    private Connection connect() throws SQLException {
        return dataSource(maintenanceDatabase()).getConnection();
    }

    private static void shell(String... command) throws IOException {
        try {
            int status = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (status != 0) {
                throw new IOException(String.join(" ", command) + ": expected status 0, was " + status);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    @Override
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
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
            EmbeddedHome.delete(data);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
