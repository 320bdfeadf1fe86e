package io.penstock.enqueue;

import io.penstock.JobQueue;
import io.penstock.job.Enqueued;
import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** Queues to enqueue into, and a look at what came of it. */
final class Queues {

    record Mail(String to) {}

    static final JobType<Mail> MAIL = JobType.of("mail", Mail.class).onQueue("mail");

    private Queues() {}

    static JobQueue declared(PenstockDatabase database) {
        JobQueue queue = database.jobQueue();
        for (String name : List.of("mail", "alpha", "beta", "gamma")) {
            queue.declare(QueueDefinition.of(name, 0, 10, 1));
        }
        return queue;
    }

    static NewJob<Mail> mail() {
        return MAIL.with(new Mail("a@example.org"));
    }

    /** How many rows every room holds together for a job. */
    static long rows(PenstockDatabase database, UUID id) throws SQLException {
        return database.number("SELECT (SELECT count(*) FROM penstock.live WHERE id = '" + id
                + "') + (SELECT count(*) FROM penstock.waiting WHERE id = '" + id
                + "') + (SELECT count(*) FROM penstock.finished WHERE id = '" + id + "')");
    }

    /** How many jobs there are in all. */
    static long jobs(PenstockDatabase database) throws SQLException {
        return database.number("SELECT (SELECT count(*) FROM penstock.live) + (SELECT count(*) FROM penstock.waiting)");
    }

    static String column(PenstockDatabase database, String table, String column, Enqueued job) throws SQLException {
        return database.query("SELECT " + column + "::text FROM penstock." + table + " WHERE id = '" + job.id() + "'")
                .get(0);
    }
}
