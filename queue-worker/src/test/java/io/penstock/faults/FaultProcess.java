package io.penstock.faults;

import io.penstock.JobQueue;
import io.penstock.chaos.WorkerProcess;
import io.penstock.handler.HandlerOptions;
import io.penstock.job.RetryPolicy;
import io.penstock.testkit.Ledger;
import io.penstock.worker.Worker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/** A JVM that embeds a worker for one queue. It runs until it is killed, halts itself, or its test ends. */
final class FaultProcess {

    private FaultProcess() {}

    public static void main(String[] arguments) throws IOException {
        PGSimpleDataSource dataSource = WorkerProcess.login(arguments);
        String name = arguments[3];
        Worker worker = Worker.on(JobQueue.on(dataSource))
                .name(name)
                .capacity(Integer.parseInt(arguments[6]))
                .queue(Trial.queue(arguments[5]))
                .drainTimeout(Duration.parse(arguments[7]))
                .listener(WorkerProcess.record(new Ledger(Path.of(arguments[4]))))
                .handle(
                        Work.TYPE,
                        context -> Work.runHere(context, dataSource),
                        HandlerOptions.DEFAULT.retryPolicy(
                                RetryPolicy.exponential(Duration.ofMillis(20), Duration.ofMillis(20))))
                .start();
        WorkerProcess.stay(worker);
    }
}
