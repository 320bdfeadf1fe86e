package io.penstock.chaos;

import io.penstock.JobQueue;
import io.penstock.job.JobType;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.schedule.CatchUp;
import io.penstock.schedule.Cron;
import io.penstock.schedule.ScheduleDefinition;
import io.penstock.worker.Worker;
import java.io.IOException;
import org.postgresql.ds.PGSimpleDataSource;

/** A JVM that embeds a worker with a schedule of one second, declared at each of its starts. It runs until it is killed, or its test ends. */
final class ScheduleProcess {

    record Beat(String from) {}

    static final JobType<Beat> BEAT = JobType.of("beat", Beat.class).onQueue("beats");
    static final QueueDefinition QUEUE = QueueDefinition.of("beats", 1, 4, 1);
    static final ScheduleDefinition SCHEDULE = ScheduleDefinition.of(
                    "every-second", Cron.utc("* * * * * *"), BEAT.with(new Beat("schedule")))
            .catchingUp(CatchUp.ALL);

    private ScheduleProcess() {}

    public static void main(String[] arguments) throws IOException {
        PGSimpleDataSource dataSource = WorkerProcess.login(arguments);
        dataSource.setApplicationName(arguments[3]);
        Worker worker = Worker.on(JobQueue.on(dataSource))
                .name(arguments[3])
                .capacity(4)
                .queue(QUEUE)
                .schedule(SCHEDULE)
                .handle(BEAT, context -> Outcome.completed())
                .start();
        WorkerProcess.stay(worker);
    }
}
