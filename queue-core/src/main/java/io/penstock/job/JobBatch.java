package io.penstock.job;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Jobs that are enqueued together, and the steps that follow: the first is enqueued when all of the jobs have completed or ended,
 * each further one when the step before it has. A batch of many jobs with one step is a fan-in; one job with several
 * steps is a chain.
 *
 * <p>A step that waits for completion is held up by a job that was discarded or cancelled, and the worker says so once. It goes on when that job
 * is run again and completes. When the job is no longer kept, the batch is given up. Each step is enqueued
 * exactly once, by any worker, in one transaction with the note that it was. Immutable.
 */
public final class JobBatch {

    /** What a step waits for. */
    public enum When {
        /** All jobs before it have completed. */
        COMPLETED("completed"),
        /** All jobs before it have completed, or were discarded or cancelled. */
        ENDED("ended");

        private final String word;

        When(String word) {
            this.word = word;
        }

        /** As the SQL function names it. */
        public String word() {
            return word;
        }
    }

    /** A job that is enqueued when what it waits for has come about. */
    public record Step(When when, NewJob<?> job) {}

    private final UUID id;
    private final List<NewJob<?>> jobs;
    private final List<Step> steps;

    private JobBatch(UUID id, List<NewJob<?>> jobs, List<Step> steps) {
        this.id = id;
        this.jobs = jobs;
        this.steps = steps;
    }

    /** @param jobs 1 to {@link Limits#ENQUEUE_BATCH}, of any queues */
    public static JobBatch of(List<? extends NewJob<?>> jobs) {
        Checks.within("jobs of a batch", Checks.present("jobs", jobs).size(), 1, Limits.ENQUEUE_BATCH);
        jobs.forEach(job -> Checks.present("job", job));
        return new JobBatch(JobIds.next(), List.copyOf(jobs), List.of());
    }

    public static JobBatch of(NewJob<?>... jobs) {
        return of(List.of(Checks.present("jobs", jobs)));
    }

    /** Next comes this job, when all before it have completed. */
    public JobBatch whenCompleted(NewJob<?> next) {
        return with(new Step(When.COMPLETED, Checks.present("next job", next)));
    }

    /** Next comes this job, when all before it have ended, however they did. */
    public JobBatch whenEnded(NewJob<?> next) {
        return with(new Step(When.ENDED, Checks.present("next job", next)));
    }

    private JobBatch with(Step step) {
        List<Step> longer = new ArrayList<>(steps);
        longer.add(step);
        Checks.within("steps of a batch", longer.size(), 1, Limits.BATCH_STEPS);
        return new JobBatch(id, jobs, List.copyOf(longer));
    }

    /** What it can be asked for by. Its jobs have it in their metadata, as {@code penstock.batch}. */
    public UUID id() {
        return id;
    }

    public List<NewJob<?>> jobs() {
        return jobs;
    }

    public List<Step> steps() {
        return steps;
    }
}
