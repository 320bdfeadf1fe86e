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

/** A JVM that embeds a worker of two queues, one with a guarantee; each handler says when it begins and ends, outside the job. */
final class FleetProcess {

    record Load(int number) {}

    static final int CAPACITY = 4;
    static final int HEADROOM = 2;
    static final JobType<Load> CRITICAL = JobType.of("critical", Load.class).onQueue("critical");
    static final JobType<Load> HEAVY = JobType.of("heavy", Load.class).onQueue("heavy");
    static final int GUARANTEE = 6;
    static final int LIMIT = 8;

    /** The log of handlers, without a constraint, and of epochs: the slots of the heavy queue's limit that each moved to other workers. */
    static final String LOG = """
            CREATE TABLE public.run_log (type text, job_id uuid, lease_token bigint, worker_id bigint, began_at timestamptz, ended_at timestamptz);
            CREATE INDEX run_log_job ON public.run_log (job_id);
            CREATE TABLE public.fenced (worker_id bigint, at timestamptz);
            CREATE FUNCTION public.record_fence() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO public.fenced VALUES (new.worker_id, clock_timestamp());
                RETURN NULL;
            END
            $$;
            CREATE TRIGGER record_fence AFTER UPDATE OF state ON penstock.worker
                FOR EACH ROW WHEN (new.state = 'lost') EXECUTE FUNCTION public.record_fence();
            CREATE TABLE public.epoch_log (epoch bigint, at timestamptz, made_by bigint, moved bigint);
            CREATE FUNCTION public.heavy(shares jsonb) RETURNS TABLE (worker text, slots integer) LANGUAGE sql AS $$
                SELECT w.id, (w.queues -> (SELECT queue_id::text FROM penstock.queue WHERE name = 'heavy') ->> 1)::integer
                FROM jsonb_each(shares) AS w (id, queues)
            $$;
            CREATE FUNCTION public.record_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO public.epoch_log
                SELECT new.epoch, clock_timestamp(), new.made_by, coalesce(sum(greatest(0, n.slots - coalesce(o.slots, 0))), 0)
                FROM public.heavy(new.shares) AS n LEFT JOIN public.heavy(old.shares) AS o USING (worker);
                RETURN NULL;
            END
            $$;
            CREATE TRIGGER record_epoch AFTER UPDATE ON penstock.allocation FOR EACH ROW EXECUTE FUNCTION public.record_epoch();
            """;

    private static final String BEGIN = """
            INSERT INTO public.run_log (type, job_id, lease_token, worker_id, began_at)
            VALUES (?, ?, ?, (SELECT l.worker_id FROM penstock.live AS l WHERE l.id = ? AND l.lease_token = ?), clock_timestamp())
            """;

    /** A heavy one takes its time in the server. */
    private static final String END = """
            WITH run AS MATERIALIZED (SELECT pg_sleep(CASE WHEN ? = 'heavy' THEN 0.1 ELSE 0.01 END))
            UPDATE public.run_log SET ended_at = clock_timestamp() FROM run WHERE job_id = ? AND lease_token = ?
            """;

    private FleetProcess() {}

    static QueueDefinition critical() {
        return new QueueDefinition(CRITICAL.queue(), ConcurrencyBudget.guaranteed(GUARANTEE, GUARANTEE));
    }

    static QueueDefinition heavy() {
        return new QueueDefinition(HEAVY.queue(), ConcurrencyBudget.spare(LIMIT));
    }

    public static void main(String[] arguments) throws IOException {
        PGSimpleDataSource dataSource = WorkerProcess.login(arguments);
        dataSource.setApplicationName(arguments[3]);
        Worker worker = Worker.on(JobQueue.on(dataSource))
                .name(arguments[3])
                .capacity(CAPACITY)
                .headroom(HEADROOM)
                .queue(critical())
                .queue(heavy())
                .handle(CRITICAL, context -> run(context, dataSource))
                .handle(HEAVY, context -> run(context, dataSource))
                .start();
        WorkerProcess.stay(worker);
    }

    private static Outcome run(JobContext<Load> context, DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            try (PreparedStatement begin = connection.prepareStatement(BEGIN)) {
                begin.setString(1, context.type());
                begin.setObject(2, context.attempt().jobId());
                begin.setLong(3, context.attempt().leaseToken());
                begin.setObject(4, context.attempt().jobId());
                begin.setLong(5, context.attempt().leaseToken());
                begin.executeUpdate();
            }
            try (PreparedStatement end = connection.prepareStatement(END)) {
                end.setString(1, context.type());
                end.setObject(2, context.attempt().jobId());
                end.setLong(3, context.attempt().leaseToken());
                end.executeUpdate();
            }
        }
        return Outcome.completed();
    }
}
