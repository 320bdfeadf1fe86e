package io.penstock.schedule;

import io.penstock.job.Checks;
import io.penstock.job.NewJob;

/**
 * A schedule as a service declares it: the same definition, declared by any number of processes at any time, changes nothing.
 * Each tick makes a copy of the job, with its metadata and with {@code schedule} and {@code tick} added to it.
 *
 * @param name 1 to 128 letters, digits or {@code _ . : / -}, beginning with a letter or digit
 * @param job what each tick makes: type, payload, queue, priority, attempts, concurrency key, tags and metadata. Its id is not
 *     used; a time or an idempotency key is refused, since both are the tick's
 */
public record ScheduleDefinition(String name, ScheduleRule rule, NewJob<?> job, CatchUp catchUp) {

    public ScheduleDefinition {
        Checks.matching(
                "schedule name",
                name,
                "[A-Za-z0-9][A-Za-z0-9_.:/-]{0,127}",
                "1 to 128 letters, digits or _ . : / -, beginning with a letter or digit");
        String subject = "schedule " + Checks.quoted(name);
        Checks.present(subject + " rule", rule);
        Checks.present(subject + " job", job);
        Checks.present(subject + " catch-up policy", catchUp);
        Object time = job.runAt() == null ? job.runIn() : job.runAt();
        if (time != null) {
            throw Checks.refused(subject + " job's time", "none, since a tick has its own", time.toString());
        }
        if (job.idempotencyKey() != null) {
            throw Checks.refused(
                    subject + " job's idempotency key",
                    "none, since a tick has its own",
                    Checks.quoted(job.idempotencyKey()));
        }
    }

    /** A schedule that makes up for missed ticks by {@link CatchUp#ONCE}. */
    public static ScheduleDefinition of(String name, ScheduleRule rule, NewJob<?> job) {
        return new ScheduleDefinition(name, rule, job, CatchUp.ONCE);
    }

    /** The same schedule with another catch-up policy. */
    public ScheduleDefinition catchingUp(CatchUp policy) {
        return new ScheduleDefinition(name, rule, job, policy);
    }
}
