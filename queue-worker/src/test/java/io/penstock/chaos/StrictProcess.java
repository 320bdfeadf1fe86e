package io.penstock.chaos;

import io.penstock.JobQueue;
import io.penstock.handler.JobContext;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobType;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.worker.Worker;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A JVM that embeds a worker of a queue of which one job may run at a time; each handler says when it begins and ends, outside the job. */
final class StrictProcess {

    record Turn(int number) {}

    static final JobType<Turn> TURN = JobType.of("turn", Turn.class).onQueue("one-at-a-time");
    static final QueueDefinition QUEUE =
            new QueueDefinition(TURN.queue(), ConcurrencyBudget.spare(1).strict(true));

    /**
     * The log of handlers. It has no constraint, so that it shows what happened. The worker is the one that has the job as the handler
     * begins; none if it has lost it by then.
     */
    static final String LOG = """
            CREATE TABLE public.turn_log (job_id uuid, lease_token bigint, worker_id bigint, began_at timestamptz, ended_at timestamptz);
            CREATE TABLE public.fenced (worker_id bigint, at timestamptz);
            CREATE FUNCTION public.record_fence() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO public.fenced VALUES (new.worker_id, clock_timestamp());
                RETURN NULL;
            END
            $$;
            CREATE TRIGGER record_fence AFTER UPDATE OF state ON penstock.worker
                FOR EACH ROW WHEN (new.state = 'lost') EXECUTE FUNCTION public.record_fence();
            CREATE TABLE public.slot_log (number integer, from_worker bigint, to_worker bigint, was_lost boolean);
            CREATE FUNCTION public.record_slot() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO public.slot_log VALUES (new.number, old.worker_id, new.worker_id, NOT EXISTS (
                    SELECT FROM penstock.worker AS w WHERE w.worker_id = old.worker_id AND w.state = 'alive'));
                RETURN NULL;
            END
            $$;
            CREATE TRIGGER record_slot AFTER UPDATE OF worker_id ON penstock.slot
                FOR EACH ROW WHEN (old.worker_id IS DISTINCT FROM new.worker_id) EXECUTE FUNCTION public.record_slot();
            """;

    private static final String BEGIN = """
            INSERT INTO public.turn_log (job_id, lease_token, worker_id, began_at)
            VALUES (?, ?, (SELECT l.worker_id FROM penstock.live AS l WHERE l.id = ? AND l.lease_token = ?), clock_timestamp())
            """;

    private static final String END =
            "UPDATE public.turn_log SET ended_at = clock_timestamp() WHERE job_id = ? AND lease_token = ?";

    private StrictProcess() {}

    public static void main(String[] arguments) throws IOException {
        PGSimpleDataSource dataSource = WorkerProcess.login(arguments);
        dataSource.setApplicationName(arguments[3]);
        Worker worker = Worker.on(JobQueue.on(dataSource))
                .name(arguments[3])
                .capacity(4)
                .queue(QUEUE)
                .handle(TURN, context -> run(context, dataSource))
                .start();
        WorkerProcess.stay(worker);
    }

    private static Outcome run(JobContext<Turn> context, DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            try (PreparedStatement begin = connection.prepareStatement(BEGIN)) {
                begin.setObject(1, context.attempt().jobId());
                begin.setLong(2, context.attempt().leaseToken());
                begin.setObject(3, context.attempt().jobId());
                begin.setLong(4, context.attempt().leaseToken());
                begin.executeUpdate();
            }
            try (PreparedStatement end = connection.prepareStatement(END)) {
                end.setObject(1, context.attempt().jobId());
                end.setLong(2, context.attempt().leaseToken());
                end.executeUpdate();
            }
        }
        return Outcome.completed();
    }
}
