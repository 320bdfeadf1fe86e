package io.penstock.examples;

import io.penstock.JobQueue;
import io.penstock.job.JobBatch;
import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import io.penstock.job.Uniqueness;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;

/** The README's example of unique jobs and of jobs that follow others. */
public final class KeysAndSteps {

    // README: begin
    record Index(String customer) {}

    record Merge(String day) {}

    static final JobType<Index> INDEX = JobType.of("index", Index.class).onQueue("search");
    static final JobType<Merge> MERGE = JobType.of("merge", Merge.class).onQueue("reports");

    /** Five seconds after the last of a customer's changes: one job, which sees them all. */
    static void changed(Connection transaction, JobQueue queue, String customer) {
        queue.enqueue(
                transaction,
                INDEX.with(new Index(customer))
                        .runIn(Duration.ofSeconds(5))
                        .unique(Uniqueness.whileWaiting("index " + customer).replacing()));
    }

    /** Once, when all parts have completed; with one part and several steps, this is a chain. */
    static void merge(JobQueue queue, List<NewJob<?>> parts, String day) {
        queue.enqueue(JobBatch.of(parts).whenCompleted(MERGE.with(new Merge(day))));
    }
    // README: end

    private KeysAndSteps() {}
}
