package io.penstock.chaos;

import io.penstock.handler.JobContext;
import io.penstock.job.JobType;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.job.RetryPolicy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/**
 * A job whose behaviour follows from its number and its attempt: some fail, some snooze, some are discarded, one in fifty
 * completes in its own transaction together with an effect.
 */
record Task(int number) {

    static final JobType<Task> QUICK = JobType.of("quick", Task.class).onQueue("quick");
    static final JobType<Task> BULK = JobType.of("bulk", Task.class).onQueue("bulk");
    static final List<QueueDefinition> QUEUES =
            List.of(QueueDefinition.of("quick", 4, 20, 1), QueueDefinition.of("bulk", 0, 20, 1));
    static final int CAPACITY = 20;
    static final int HEADROOM = 4;
    static final RetryPolicy RETRY = RetryPolicy.exponential(Duration.ofMillis(20), Duration.ofMillis(500));
    static final String EFFECTS = "CREATE TABLE chaos_effect (job_id uuid NOT NULL, generation integer NOT NULL)";

    boolean transactional() {
        return number % 50 == 0;
    }

    static Outcome run(JobContext<Task> context, DataSource dataSource) throws SQLException {
        Task task = context.payload();
        int dice = Math.floorMod(task.number * 31 + context.attempt().number() * 17, 100);
        if (dice < 5) {
            throw new IllegalStateException("task " + task.number + " fails attempt "
                    + context.attempt().number());
        }
        // the lease token, not the attempt, which a snooze gives back: it must not snooze for ever
        if (dice < 8 && context.attempt().leaseToken() < 4) {
            return Outcome.snoozed(Duration.ofMillis(30));
        }
        if (dice == 8) {
            return Outcome.discarded("by its number");
        }
        if (task.transactional()) {
            completeWithEffect(context, dataSource);
        }
        return Outcome.completed();
    }

    /** One in ten rolls back after all: then neither the effect nor the completion is there. */
    private static void completeWithEffect(JobContext<Task> context, DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement effect = connection.prepareStatement("INSERT INTO chaos_effect VALUES (?, ?)")) {
                effect.setObject(1, context.attempt().jobId());
                effect.setInt(2, context.attempt().generation());
                effect.executeUpdate();
                context.complete(connection);
                if (context.payload().number % 500 == 0 && context.attempt().number() == 1) {
                    connection.rollback();
                } else {
                    connection.commit();
                }
            } catch (SQLException | RuntimeException failure) {
                connection.rollback();
                throw failure;
            }
        }
    }
}
