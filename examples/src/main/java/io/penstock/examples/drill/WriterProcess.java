package io.penstock.examples.drill;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A writer in a JVM of its own, that is stopped or killed at one point of one write. */
final class WriterProcess implements AutoCloseable {

    private static final String READY = "ready";
    private static final String REACHED = "reached";

    private final Process process;
    private final BufferedReader lines;

    private WriterProcess(Process process) {
        this.process = process;
        this.lines = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts it; it is ready when this returns. */
    static WriterProcess start(Form form, boolean naive, DataSource toA, DataSource toB)
            throws IOException, SQLException {
        PGSimpleDataSource a = toA.unwrap(PGSimpleDataSource.class);
        PGSimpleDataSource b = toB.unwrap(PGSimpleDataSource.class);
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                WriterProcess.class.getName(),
                form.name(),
                String.valueOf(naive),
                Objects.requireNonNull(a.getUrl()),
                Objects.requireNonNull(b.getUrl()),
                Objects.requireNonNull(a.getUser())));
        builder.environment().put("PENSTOCK_DATABASE_PASSWORD", Objects.requireNonNullElse(a.getPassword(), ""));
        WriterProcess writer = new WriterProcess(
                builder.redirectError(ProcessBuilder.Redirect.DISCARD).start());
        writer.await(READY);
        return writer;
    }

    /** Begins the write, and does to the process what the form says as soon as it has come that far. */
    void writeInto(Form form, long number) throws IOException, InterruptedException {
        process.outputWriter().write(number + "\n");
        process.outputWriter().flush();
        await(REACHED);
        String signal = form == Form.STOPPED ? "-STOP" : "-KILL";
        new ProcessBuilder("kill", signal, String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    private void await(String expected) throws IOException {
        for (String line = lines.readLine(); !expected.equals(line); line = lines.readLine()) {
            if (line == null) {
                throw new IOException("the writer's process ended before it was " + expected);
            }
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    public static void main(String[] arguments) throws Exception {
        Form form = Form.valueOf(arguments[0]);
        DataSource toA = dataSource(arguments[2], arguments[4]);
        DataSource toB = dataSource(arguments[3], arguments[4]);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (TenantWriter writer =
                Boolean.parseBoolean(arguments[1]) ? new NaiveWriter(toA, toB) : new PenstockWriter(toA, toB)) {
            writer.write("tenant-1", 0);
            System.out.println(READY);
            long number = Long.parseLong(orders.readLine());
            writer.writeInto(form, TenantTable.TENANT, number, () -> {
                System.out.println(REACHED);
                orders.readLine(); // which never comes
            });
        }
    }

    private static DataSource dataSource(String url, String user) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(url);
        dataSource.setUser(user);
        dataSource.setPassword(System.getenv("PENSTOCK_DATABASE_PASSWORD"));
        return dataSource;
    }
}
