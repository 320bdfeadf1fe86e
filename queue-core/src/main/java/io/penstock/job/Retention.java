package io.penstock.job;

/**
 * What a queue keeps of jobs that have ended, in whole days (UTC) after the day on which they ended. What is kept for no day
 * is not written at all: such a job leaves no trace, {@link io.penstock.JobQueue#find} and {@code retry} do not know it, and
 * completions cost less.
 *
 * @param completedDays for completed jobs, 0 to 3650
 * @param failedDays for discarded and cancelled jobs, 0 to 3650
 */
public record Retention(int completedDays, int failedDays) {

    /** A week for completed jobs, thirty days for the others. */
    public static final Retention DEFAULT = new Retention(7, 30);

    /** Nothing is kept, not even of discarded jobs. */
    public static final Retention NONE = new Retention(0, 0);

    public Retention {
        Checks.within("retention of completed jobs in days", completedDays, 0, Limits.RETENTION_DAYS);
        Checks.within("retention of failed jobs in days", failedDays, 0, Limits.RETENTION_DAYS);
    }

    public static Retention days(int days) {
        return new Retention(days, days);
    }

    /** Only discarded and cancelled jobs are kept. */
    public static Retention failuresOnly(int days) {
        return new Retention(0, days);
    }
}
