package io.penstock.examples.benchmarks;

import io.penstock.JobQueue;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.worker.Worker;
import java.sql.SQLException;

/** A queue drained by one worker with handlers that do nothing. The start of the worker is part of the time. */
record LibraryDrain(double jobsPerSecond, double statementsPerJob, double roundTripsPerJob, double walBytesPerJob) {

    private static final String WAL = "SELECT pg_current_wal_insert_lsn() - '0/0'";

    static LibraryDrain run(DrainQueue queue, int slots) throws SQLException, InterruptedException {
        CountingDataSource counting = new CountingDataSource(queue.database().dataSource());
        Completions completions = new Completions();
        JobQueue jobQueue = JobQueue.on(counting.dataSource());
        long statements = counting.statements();
        long roundTrips = counting.roundTrips();
        long wal = queue.database().number(WAL);
        long start = System.nanoTime();
        try (Worker worker = Worker.on(jobQueue)
                .name("drain")
                .capacity(slots)
                .queue(QueueDefinition.of(queue.name(), 0, slots, 1))
                .handle(Tasks.TYPE, context -> Outcome.completed())
                .listener(completions)
                .start()) {
            double seconds = (completions.await(queue.jobs()) - start) / 1e9;
            double jobs = queue.jobs();
            return new LibraryDrain(
                    completions.count() / seconds,
                    (counting.statements() - statements) / jobs,
                    (counting.roundTrips() - roundTrips) / jobs,
                    (queue.database().number(WAL) - wal) / jobs);
        }
    }
}
