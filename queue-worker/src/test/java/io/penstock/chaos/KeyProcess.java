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

/** A JVM that embeds a worker of a queue with a limit of one per key; each handler says when it begins and ends, outside the job. */
final class KeyProcess {

    record Turn(int number) {}

    static final JobType<Turn> TURN = JobType.of("turn", Turn.class).onQueue("one-per-key");
    static final QueueDefinition QUEUE = new QueueDefinition(TURN.queue(), ConcurrencyBudget.spare(8)).perKey(1);

    /** Without a constraint, so that it shows what happened. */
    static final String LOG = """
            CREATE TABLE public.key_log (key text, job_id uuid, lease_token bigint, began_at timestamptz, ended_at timestamptz);
            CREATE TABLE public.rescued (job_id uuid, lease_token bigint, at timestamptz);
            CREATE FUNCTION public.record_rescue() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO public.rescued VALUES (old.id, old.lease_token, clock_timestamp());
                RETURN NULL;
            END
            $$;
            CREATE TRIGGER record_rescue AFTER UPDATE ON penstock.live
                FOR EACH ROW WHEN (old.state = 'running' AND new.state = 'available') EXECUTE FUNCTION public.record_rescue();
            """;

    private static final String BEGIN = "INSERT INTO public.key_log VALUES (?, ?, ?, clock_timestamp(), NULL)";

    private static final String END =
            "UPDATE public.key_log SET ended_at = clock_timestamp() WHERE job_id = ? AND lease_token = ?";

    private KeyProcess() {}

    public static void main(String[] arguments) throws IOException {
        PGSimpleDataSource dataSource = WorkerProcess.login(arguments);
        dataSource.setApplicationName(arguments[3]);
        Worker worker = Worker.on(JobQueue.on(dataSource))
                .name(arguments[3])
                .capacity(6)
                .queue(QUEUE)
                .handle(TURN, context -> run(context, dataSource))
                .start();
        WorkerProcess.stay(worker);
    }

    private static Outcome run(JobContext<Turn> context, DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement begin = connection.prepareStatement(BEGIN);
                PreparedStatement end = connection.prepareStatement(END)) {
            begin.setString(1, context.concurrencyKey().orElseThrow());
            begin.setObject(2, context.attempt().jobId());
            begin.setLong(3, context.attempt().leaseToken());
            begin.executeUpdate();
            end.setObject(1, context.attempt().jobId());
            end.setLong(2, context.attempt().leaseToken());
            end.executeUpdate();
        }
        return Outcome.completed();
    }
}
