package io.penstock.chaos;

import io.penstock.JobQueue;
import io.penstock.handler.HandlerOptions;
import io.penstock.observe.WorkerEvent;
import io.penstock.observe.WorkerListener;
import io.penstock.testkit.Ledger;
import io.penstock.testkit.Ledger.Kind;
import io.penstock.worker.Worker;
import io.penstock.worker.WorkerBuilder;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/** A JVM that embeds a worker and writes what that is told into a ledger. It runs until it is killed, or its test ends. */
public final class WorkerProcess {

    /** The line that a process writes when its worker has started. */
    static final String READY = "the worker has started";

    private WorkerProcess() {}

    public static void main(String[] arguments) throws IOException {
        PGSimpleDataSource dataSource = login(arguments);
        dataSource.setApplicationName(arguments[3]);
        Ledger ledger = new Ledger(Path.of(arguments[4]));
        WorkerBuilder builder = Worker.on(JobQueue.on(dataSource))
                .name(arguments[3])
                .capacity(Task.CAPACITY)
                .headroom(Task.HEADROOM)
                .listener(record(ledger))
                .handle(
                        Task.QUICK,
                        context -> Task.run(context, dataSource),
                        HandlerOptions.DEFAULT.retryPolicy(Task.RETRY))
                .handle(
                        Task.BULK,
                        context -> Task.run(context, dataSource),
                        HandlerOptions.DEFAULT.retryPolicy(Task.RETRY));
        Task.QUEUES.forEach(builder::queue);
        Worker worker = builder.start();
        stay(worker);
    }

    /** The login that a process is given by its first arguments: URL, user and password. */
    public static PGSimpleDataSource login(String[] arguments) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        dataSource.setUser(arguments[1]);
        dataSource.setPassword(arguments[2]);
        return dataSource;
    }

    /** Says that its worker runs, and keeps the process until it is told to end or the test that started it has ended. */
    public static void stay(Worker worker) throws IOException {
        System.out.println(READY);
        Runtime.getRuntime().addShutdownHook(new Thread(worker::close));
        System.in.transferTo(OutputStream.nullOutputStream());
        System.exit(0);
    }

    /** Writes what a worker is told into a ledger. */
    public static WorkerListener record(Ledger ledger) {
        return event -> {
            if (event instanceof WorkerEvent.AttemptEnded ended) {
                ledger.ending(Kind.OK, ended.attempt(), ended.state());
            } else if (event instanceof WorkerEvent.StaleEndingRefused stale) {
                ledger.ending(Kind.FAIL, stale.attempt(), "stale");
            } else if (event instanceof WorkerEvent.WorkerLost lost) {
                ledger.lostWorker(lost.workerId());
            }
        };
    }

    /** Starts this class in a JVM of its own, on this JVM's class path, with other entries before it. */
    public static Process start(Class<?> main, List<String> before, List<String> arguments, File log)
            throws IOException {
        return jvm(main, before, arguments, log).start();
    }

    /** As {@link #start}, for whoever has an environment to give before. */
    public static ProcessBuilder jvm(Class<?> main, List<String> before, List<String> arguments, File log) {
        List<String> classPath = new ArrayList<>(before);
        classPath.add(System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                String.join(File.pathSeparator, classPath),
                main.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    }
}
