package io.penstock.faults;

import io.penstock.testkit.Installed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.postgresql.ds.PGSimpleDataSource;

/** The machine's PgBouncer in transaction mode before a server, on a free loopback port. */
final class PgBouncer implements AutoCloseable {

    private static final Path PROGRAM = Path.of("/usr/sbin/pgbouncer");
    private static final String SETTINGS = """
            [databases]
            * = host=127.0.0.1 port=%d
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = %d
            unix_socket_dir =
            pool_mode = transaction
            auth_type = trust
            auth_file = %s
            ignore_startup_parameters = extra_float_digits
            """;

    private final Path directory;
    private final Process process;
    private final PGSimpleDataSource dataSource;

    private PgBouncer(Path directory, Process process, PGSimpleDataSource dataSource) {
        this.directory = directory;
        this.process = process;
        this.dataSource = dataSource;
    }

    /** Skips the test, and says so, where there is none. */
    static void assumeInstalled() {
        Installed.orSkip(Optional.of(PROGRAM).filter(Files::isExecutable), "PgBouncer", "pgbouncer");
    }

    static PgBouncer before(DataSource server) throws IOException, SQLException {
        PGSimpleDataSource real = server.unwrap(PGSimpleDataSource.class);
        Path directory = Files.createTempDirectory("penstock-pgbouncer");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        int port = freePort();
        Path users = Files.writeString(directory.resolve("users.txt"), "\"" + real.getUser() + "\" \"\"\n");
        Path settings = Files.writeString(
                directory.resolve("pgbouncer.ini"), SETTINGS.formatted(real.getPortNumbers()[0], port, users));
        ProcessBuilder builder = new ProcessBuilder(PROGRAM.toString(), "-q", settings.toString());
        if (System.getProperty("user.name").equals("root")) {
            builder.command().addAll(1, List.of("-u", "nobody")); // it does not run as root
        }
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        PGSimpleDataSource through = new PGSimpleDataSource();
        through.setServerNames(new String[] {"127.0.0.1"});
        through.setPortNumbers(new int[] {port});
        through.setDatabaseName(real.getDatabaseName());
        through.setUser(real.getUser());
        through.setPassword(real.getPassword());
        through.setPrepareThreshold(
                0); // the next transaction has another session, which knows no statement of the last
        PgBouncer pooler = new PgBouncer(directory, process, through);
        pooler.awaitAnswer();
        return pooler;
    }

    DataSource dataSource() {
        return dataSource;
    }

    private void awaitAnswer() throws IOException {
        Awaitility.await("PgBouncer answers").atMost(Trial.PATIENCE).until(() -> !process.isAlive() || answers());
        if (!process.isAlive()) {
            throw new IllegalStateException("PgBouncer ended: " + Files.readString(directory.resolve("log")));
        }
    }

    private boolean answers() {
        try (Connection connection = dataSource.getConnection()) {
            return connection.isValid(5);
        } catch (SQLException notYet) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        for (String name : new String[] {"users.txt", "pgbouncer.ini", "log"}) {
            Files.delete(directory.resolve(name));
        }
        Files.delete(directory);
    }
}
