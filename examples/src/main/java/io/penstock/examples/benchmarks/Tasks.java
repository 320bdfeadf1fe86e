package io.penstock.examples.benchmarks;

import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import java.util.ArrayList;
import java.util.List;

/** The jobs of all benchmarks: a small payload, as most services have it, and nothing to do. */
final class Tasks {

    /** About eighty bytes of JSON. */
    record Task(int number, String customer, String step) {}

    static final JobType<Task> TYPE = JobType.of("task", Task.class);

    private Tasks() {}

    static NewJob<Task> one(String queue, int number) {
        return TYPE.with(new Task(number, "customer-" + number % 1_000, "send the order confirmation"))
                .queue(queue);
    }

    static List<NewJob<?>> batch(String queue, int first, int count) {
        List<NewJob<?>> jobs = new ArrayList<>(count);
        for (int number = first; number < first + count; number++) {
            jobs.add(one(queue, number));
        }
        return jobs;
    }
}
