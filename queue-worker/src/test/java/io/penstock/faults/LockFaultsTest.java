package io.penstock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.chaos.Children;
import io.penstock.faults.Work.Act;
import io.penstock.job.JobState;
import io.penstock.job.Outcome;
import io.penstock.operate.QueueOperations;
import io.penstock.testkit.Recovery;
import io.penstock.transaction.TransactionLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** F33, F36, F37: somebody else holds what a worker needs, or a process is frozen in the middle of a transaction. */
class LockFaultsTest {

    private static final Duration LOOK = Duration.ofSeconds(1);

    @TempDir
    private Path directory;

    @Test
    void aRowThatAForeignSessionHoldsIsPassedByAndItsJobGoesOnAfterwards() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Trial trial = Trial.begin(directory);
                Connection foreign = trial.dataSource.getConnection()) {
            trial.start(trial.worker("one", trial.dataSource, context -> {
                if (context.payload().act() == Act.HOLD) {
                    release.await();
                }
                return Outcome.completed();
            }));
            UUID running = trial.enqueue(Act.HOLD, 0);
            trial.awaitState(running, JobState.RUNNING);
            QueueOperations queues = QueueOperations.unaudited(trial.dataSource);
            queues.pause("work-1", "test", null);
            trial.awaitBeats("one", 2); // by then the worker has seen that it is
            UUID available = trial.enqueue(Act.QUICK, 1);
            foreign.setAutoCommit(false);
            lock(foreign, trial.leaf(0), running);
            lock(foreign, trial.leaf(1), available);
            queues.resume("work-1");
            release.countDown();
            List<UUID> others = new ArrayList<>();
            for (int job = 0; job < 20; job++) {
                others.add(trial.enqueue(Act.QUICK, 0));
            }
            others.forEach(job -> trial.awaitState(job, JobState.COMPLETED));
            Recovery.measured("F33", "let others wait for", trial.longestWait(), LOOK);
            assertThat(trial.jobQueue.find(running).orElseThrow().state()).isEqualTo(JobState.RUNNING);
            assertThat(trial.jobQueue.find(available).orElseThrow().state()).isEqualTo(JobState.AVAILABLE);

            Recovery recovery = Recovery.from("F33", LOOK);
            foreign.rollback();
            trial.awaitAllEnded();
            recovery.ended();
            assertThat(trial.attempts(running)).isEqualTo(1);
            trial.verify();
        } finally {
            release.countDown();
        }
    }

    private static void lock(Connection connection, String leaf, UUID job) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT FROM " + leaf + " WHERE id = '" + job + "' FOR UPDATE");
        }
    }

    /** A completion asks for a row of somebody's trigger; whoever holds that then asks for the job's. */
    private static final String TRIGGER = """
            CREATE TABLE public.counter (value integer NOT NULL);
            INSERT INTO public.counter VALUES (0);
            CREATE FUNCTION public.count() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                UPDATE public.counter SET value = value + 1;
                RETURN NULL;
            END
            $$;
            CREATE TRIGGER counted AFTER INSERT ON penstock.finished FOR EACH ROW EXECUTE FUNCTION public.count();
            DO $$
            BEGIN
                EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = 200', current_database());
            END
            $$;
            """;

    private static final String DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    private static final String WAITING = "SELECT count(*) FROM pg_stat_activity"
            + " WHERE wait_event_type = 'Lock' AND datname = current_database()";

    @Test
    void aDeadlockIsTriedAgainAndNoHandlerHearsOfIt() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (Trial trial = Trial.begin(directory);
                Connection foreign = trial.dataSource.getConnection();
                Statement statement = foreign.createStatement()) {
            trial.execute(TRIGGER);
            trial.start(trial.worker("one", trial.dataSource, context -> {
                calls.incrementAndGet();
                return Outcome.completed();
            }));
            statement.execute("SET deadlock_timeout = '1min'"); // so that the worker is the one that is chosen
            foreign.setAutoCommit(false);
            int jobs = 0;
            while (trial.number(DEADLOCKS) == 0) {
                assertThat(jobs).as("tries without a deadlock").isLessThan(20);
                statement.execute("UPDATE public.counter SET value = value");
                UUID job = trial.enqueue(Act.QUICK, 0);
                jobs++;
                trial.await("the worker waits for the counter", () -> trial.number(WAITING) > 0);
                lock(foreign, trial.leaf(0), job); // returns when the worker was chosen, or has waited for long enough
                Recovery recovery = Recovery.from("F36", LOOK);
                foreign.rollback();
                trial.awaitState(job, JobState.COMPLETED);
                recovery.ended();
                assertThat(trial.attempts(job)).isEqualTo(1);
                trial.awaitBeats("one", 1); // the server counts a deadlock within a second
            }
            assertThat(calls).hasValue(jobs);
            assertThat(trial.number("SELECT value FROM public.counter")).isEqualTo(jobs);
            trial.verify();
        }
    }

    @Test
    void whatAFrozenProcessHoldsInATransactionOfOursIsFreedByTheServer() throws Exception {
        Path inside = directory.resolve("inside");
        try (Trial trial = Trial.begin(directory)) {
            UUID job = trial.enqueue(Act.QUICK, 0);
            Process frozen = trial.children.start(
                    FrozenClaim.class, "frozen", trial.dataSource, List.of("work-0", inside.toString()), Map.of());
            trial.await("it has claimed and not committed", () -> Files.exists(inside) || !frozen.isAlive());
            Children.signal("STOP", frozen);
            Recovery recovery =
                    Recovery.from("F37", TransactionLimits.DEFAULT.idle().plus(LOOK));
            trial.start(trial.worker("one", trial.dataSource));
            trial.awaitState(job, JobState.COMPLETED);
            recovery.ended();
            assertThat(trial.attempts(job)).isEqualTo(1);
            frozen.destroyForcibly();
            trial.verify();
        }
    }
}
