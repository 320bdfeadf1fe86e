package io.penstock.examples;

import io.penstock.JobQueue;
import io.penstock.job.JobType;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.worker.Worker;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The example of the README: a service that enqueues with its own change, and works in the same process. */
public final class FirstJob {

    // README: begin
    record Welcome(String email) {}

    static final JobType<Welcome> WELCOME = JobType.of("welcome", Welcome.class).onQueue("mail");

    static Worker start(JobQueue queue, Mailer mailer) {
        return Worker.on(queue)
                .capacity(16)
                .queue(QueueDefinition.of("mail", 4, 16, 1)) // 4 slots are its own, up to 16 if idle
                .queue(QueueDefinition.of("import", 0, 16, 1)) // runs on what others leave idle
                .handle(WELCOME, context -> {
                    mailer.send(context.payload().email());
                    return Outcome.completed();
                })
                .start();
    }

    static void signUp(DataSource database, JobQueue queue, String email) throws SQLException {
        try (Connection transaction = database.getConnection()) {
            transaction.setAutoCommit(false);
            insertCustomer(transaction, email);
            queue.enqueue(transaction, WELCOME.with(new Welcome(email)));
            transaction.commit(); // the customer and the job, or neither
        }
    }
    // README: end

    /** Whatever sends mail. */
    interface Mailer {
        void send(String email);
    }

    private FirstJob() {}

    private static void insertCustomer(Connection transaction, String email) throws SQLException {
        try (var insert = transaction.prepareStatement("INSERT INTO customer (email) VALUES (?)")) {
            insert.setString(1, email);
            insert.executeUpdate();
        }
    }
}
