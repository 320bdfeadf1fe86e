package io.penstock.examples.benchmarks;

import io.penstock.JobQueue;
import io.penstock.handler.JobHandler;
import io.penstock.job.JobType;
import io.penstock.job.Outcome;
import io.penstock.testkit.DatabaseServer;
import io.penstock.worker.Worker;
import io.penstock.worker.WorkerBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.postgresql.ds.PGSimpleDataSource;

/** One of the three workers, in a JVM of its own, which ends with whoever started it. */
final class IsolationWorker implements AutoCloseable {

    record Task(int number) {}

    static final JobType<Task> CRITICAL = JobType.of("critical", Task.class);
    static final JobType<Task> QUICK = JobType.of("quick", Task.class);
    static final JobType<Task> LONG = JobType.of("long", Task.class);

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final String READY = "ready";

    private final Process process;

    private IsolationWorker(Process process) {
        this.process = process;
    }

    static IsolationWorker start(DatabaseServer server, BenchDatabase database, IsolationPhase phase, int number)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                IsolationWorker.class.getName(),
                server.url(database.name()),
                server.user(),
                phase.name(),
                "isolation-" + number));
        builder.environment().put("PENSTOCK_DATABASE_PASSWORD", Objects.requireNonNullElse(server.password(), ""));
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        for (String line = lines.readLine(); !READY.equals(line); line = lines.readLine()) {
            if (line == null) {
                throw new IOException("worker " + number + " of phase " + phase.key() + " ended before it was ready");
            }
        }
        return new IsolationWorker(process);
    }

    /** As the kernel ends a process that has no memory left. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    public static void main(String[] arguments) throws IOException {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        dataSource.setUser(arguments[1]);
        dataSource.setPassword(System.getenv("PENSTOCK_DATABASE_PASSWORD"));
        IsolationPhase phase = IsolationPhase.valueOf(arguments[2]);
        WorkerBuilder builder = Worker.on(JobQueue.on(dataSource))
                .name(arguments[3])
                .capacity(IsolationPhase.CAPACITY / IsolationPhase.WORKERS)
                .headroom(phase.headroomOfWorker())
                .handle(CRITICAL.onQueue(phase.queueOf("critical")), waits(50))
                .handle(QUICK.onQueue(phase.queueOf("quick")), phase == IsolationPhase.CPU ? computes(100) : waits(100))
                .handle(LONG.onQueue(phase.queueOf("long")), waits(5_000));
        phase.queues.forEach(builder::queue);
        try (Worker worker = builder.start()) {
            System.out.println(READY);
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private static JobHandler<Task> waits(long milliseconds) {
        return context -> {
            TimeUnit.MILLISECONDS.sleep(milliseconds);
            return Outcome.completed();
        };
    }

    private static JobHandler<Task> computes(long milliseconds) {
        return context -> {
            long until = THREADS.getCurrentThreadCpuTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
            while (THREADS.getCurrentThreadCpuTime() < until) {
                Thread.onSpinWait();
            }
            return Outcome.completed();
        };
    }
}
