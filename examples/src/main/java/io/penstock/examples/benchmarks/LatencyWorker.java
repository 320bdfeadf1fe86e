package io.penstock.examples.benchmarks;

import io.penstock.JobQueue;
import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.DatabaseServer;
import io.penstock.worker.Worker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.postgresql.ds.PGSimpleDataSource;

/** A worker in a JVM of its own, which prints when each job's handler began. It ends with whoever started it. */
final class LatencyWorker implements AutoCloseable {

    record Numbered(int number) {}

    private static final JobType<Numbered> TYPE =
            JobType.of("numbered", Numbered.class).onQueue("latency");
    private static final String READY = "ready";

    private final Process process;
    private final BufferedReader lines;

    private LatencyWorker(Process process) {
        this.process = process;
        this.lines = process.inputReader(StandardCharsets.UTF_8);
    }

    static NewJob<Numbered> job(int number) {
        return TYPE.with(new Numbered(number));
    }

    static long microseconds() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    static LatencyWorker start(DatabaseServer server, BenchDatabase database) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LatencyWorker.class.getName(),
                server.url(database.name()),
                server.user()));
        builder.environment().put("PENSTOCK_DATABASE_PASSWORD", Objects.requireNonNullElse(server.password(), ""));
        LatencyWorker worker = new LatencyWorker(
                builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
        worker.expect(READY);
        return worker;
    }

    /** When the handler of a job began, in microseconds of the epoch. Waits for it. */
    long started(int number) throws IOException {
        return Long.parseLong(expect(number + " "));
    }

    private String expect(String prefix) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(prefix)) {
                return line.substring(prefix.length());
            }
        }
        throw new IOException("the worker's process ended before it said \"" + prefix + "\"");
    }

    @Override
    public void close() {
        process.destroy();
    }

    public static void main(String[] arguments) throws IOException {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        dataSource.setUser(arguments[1]);
        dataSource.setPassword(System.getenv("PENSTOCK_DATABASE_PASSWORD"));
        try (Worker worker = Worker.on(JobQueue.on(dataSource))
                .name("latency")
                .queue(QueueDefinition.of(TYPE.queue(), 0, 4, 1))
                .handle(TYPE, context -> {
                    long now = microseconds();
                    System.out.println(context.payload().number() + " " + now);
                    return Outcome.completed();
                })
                .start()) {
            System.out.println(READY);
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
