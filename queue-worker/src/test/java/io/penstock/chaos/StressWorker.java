package io.penstock.chaos;

import io.penstock.JobQueue;
import io.penstock.handler.HandlerOptions;
import io.penstock.worker.Worker;
import io.penstock.worker.WorkerBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.postgresql.ds.PGSimpleDataSource;

/** A JVM that embeds a worker and writes down the id of each job that it starts. It ends with its test at the latest. */
final class StressWorker {

    private StressWorker() {}

    public static void main(String[] arguments) throws IOException {
        PGSimpleDataSource dataSource = WorkerProcess.login(arguments);
        dataSource.setApplicationName(arguments[3]);
        Path started = Path.of(arguments[4]);
        WorkerBuilder builder = Worker.on(JobQueue.on(dataSource))
                .name(arguments[3])
                .capacity(StressJob.CAPACITY)
                .handle(
                        StressJob.TYPE,
                        context -> {
                            Files.writeString(
                                    started,
                                    context.attempt().jobId() + "\n",
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.APPEND);
                            return StressJob.run(context, dataSource);
                        },
                        HandlerOptions.DEFAULT.retryPolicy(StressJob.RETRY));
        StressJob.QUEUES.forEach(builder::queue);
        Worker worker = builder.start();
        WorkerProcess.stay(worker);
    }
}
