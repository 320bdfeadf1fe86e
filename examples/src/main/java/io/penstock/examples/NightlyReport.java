package io.penstock.examples;

import io.penstock.JobQueue;
import io.penstock.handler.JobHandler;
import io.penstock.job.JobType;
import io.penstock.job.QueueDefinition;
import io.penstock.schedule.CatchUp;
import io.penstock.schedule.Cron;
import io.penstock.schedule.ScheduleDefinition;
import io.penstock.worker.Worker;
import java.time.ZoneId;

/** The README's example of a schedule: declared at every start, made once per tick. */
public final class NightlyReport {

    // README: begin
    record Report(String kind) {}

    static final JobType<Report> REPORT = JobType.of("report", Report.class).onQueue("reports");

    static final ScheduleDefinition NIGHTLY = ScheduleDefinition.of(
                    "nightly-report",
                    Cron.of("30 2 * * MON-FRI", ZoneId.of("Europe/Berlin")),
                    REPORT.with(new Report("daily")))
            .catchingUp(CatchUp.ONCE); // if nobody was there at half past two: one, when somebody is

    static Worker start(JobQueue queue, JobHandler<Report> handler) {
        return Worker.on(queue)
                .queue(QueueDefinition.of("reports", 0, 2, 1))
                .schedule(NIGHTLY)
                .handle(REPORT, handler)
                .start();
    }
    // README: end

    private NightlyReport() {}
}
