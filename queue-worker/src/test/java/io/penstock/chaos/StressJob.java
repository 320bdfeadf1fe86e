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

/** A job that is completed in the end, whatever comes before. */
record StressJob(Kind kind) {

    /** What its handler does. */
    enum Kind {
        PLAIN,
        FAILS_FIRST,
        SNOOZES_FIRST,
        /** Writes its effect and its completion in one transaction. */
        WITH_EFFECT
    }

    static final JobType<StressJob> TYPE = JobType.of("stress", StressJob.class);
    static final List<QueueDefinition> QUEUES = List.of(
            QueueDefinition.of("busy", 4, 16, 1),
            QueueDefinition.of("steady", 0, 16, 1),
            QueueDefinition.of("rare", 2, 8, 1));
    static final int CAPACITY = 16;
    static final int SLOTS = CAPACITY + 6;
    static final RetryPolicy RETRY = RetryPolicy.exponential(Duration.ofMillis(20), Duration.ofMillis(500));

    /** Neither table stands in the way of what is wrong: the test counts. */
    static final String TABLES = """
            CREATE TABLE stress_ledger (job_id uuid NOT NULL);
            CREATE TABLE stress_effect (job_id uuid NOT NULL);
            """;

    static Outcome run(JobContext<StressJob> context, DataSource dataSource) throws SQLException {
        switch (context.payload().kind) {
            case FAILS_FIRST -> {
                if (context.attempt().number() == 1) {
                    throw new IllegalStateException("fails first");
                }
            }
            case SNOOZES_FIRST -> {
                if (context.attempt().leaseToken() == 1) {
                    return Outcome.snoozed(Duration.ofMillis(100));
                }
            }
            case WITH_EFFECT -> completeWithEffect(context, dataSource);
            case PLAIN -> {}
        }
        return Outcome.completed();
    }

    private static void completeWithEffect(JobContext<StressJob> context, DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement effect = connection.prepareStatement("INSERT INTO stress_effect VALUES (?)")) {
                effect.setObject(1, context.attempt().jobId());
                effect.executeUpdate();
            }
            context.complete(connection);
            connection.commit();
        }
    }
}
