package io.penstock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.penstock.error.IndeterminateException;
import io.penstock.error.PenstockException;
import io.penstock.faults.Work.Act;
import io.penstock.job.JobState;
import io.penstock.job.NewJob;
import io.penstock.migrate.Migrator;
import io.penstock.observe.WorkerEvent.DatabaseLost;
import io.penstock.observe.WorkerEvent.WorkerFenced;
import io.penstock.testkit.Ledger.Kind;
import io.penstock.testkit.Recovery;
import io.penstock.testkit.RestartableServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** F11, F13, F17: sessions are ended, the server is stopped at once, and one comes back that takes no writes. */
class ServerFaultsTest {

    private static final Duration SESSION = Duration.ofSeconds(2);
    private static final Duration RESTART = Duration.ofSeconds(5);
    private static final Duration DEMOTED = Duration.ofSeconds(10);
    private static final int REPETITIONS = 5;
    private static final int RESTARTS = 3;
    private static final int LINKS = 3;

    @TempDir
    private Path directory;

    @Test
    void everySessionOfAWorkerMayBeEndedAtAnyTime() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (Trial trial = Trial.begin(directory)) {
            PGSimpleDataSource named = new PGSimpleDataSource();
            named.initializeFrom(trial.dataSource.unwrap(PGSimpleDataSource.class));
            named.setApplicationName("afflicted");
            trial.start(trial.worker("afflicted", named, context -> {
                if (context.payload().act() == Act.HOLD) {
                    end.await();
                }
                return Work.runElsewhere(context, trial.dataSource);
            }));
            UUID kept = trial.enqueue(Act.HOLD, 1);
            trial.awaitState(kept, JobState.RUNNING);
            for (int repetition = 0; repetition < REPETITIONS; repetition++) {
                Recovery recovery = Recovery.from("F11", SESSION);
                trial.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        + " WHERE application_name LIKE '%afflicted' AND datname = current_database()");
                trial.awaitState(trial.enqueue(Act.QUICK, 0), JobState.COMPLETED);
                trial.await(
                        "it holds its session lock",
                        () -> trial.number("SELECT count(*) FROM pg_locks"
                                        + " WHERE locktype = 'advisory' AND database ="
                                        + " (SELECT oid FROM pg_database WHERE datname = current_database())")
                                == 1);
                recovery.ended();
            }
            end.countDown();
            trial.awaitAllEnded();
            assertThat(trial.attempts(kept)).isEqualTo(1);
            assertThat(trial.count(WorkerFenced.class)).isZero();
            trial.verify();
        } finally {
            end.countDown();
        }
    }

    @Test
    void aServerThatIsStoppedAtOnceLosesNothingThatItHasAcknowledged() throws Exception {
        RestartableServer.assumeWanted();
        AtomicInteger connects = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        try (RestartableServer server = RestartableServer.start(Map.of());
                Trial trial = Trial.begin(migrated(server), directory)) {
            trial.start(trial.worker("one", counting(trial.dataSource, connects)));
            trial.start(trial.worker("two", counting(trial.dataSource, connects)));
            CompletableFuture<Void> load = CompletableFuture.runAsync(() -> load(trial, enough));
            for (int round = 1; round <= RESTARTS; round++) {
                long before = trial.number("SELECT count(*) FROM penstock.finished");
                trial.await("jobs run", () -> trial.number("SELECT count(*) FROM penstock.finished") > before + 100);
                int connected = connects.get();
                long start = System.nanoTime();
                server.stopImmediately();
                server.startAgain();
                Recovery recovery = Recovery.from("F13", RESTART);
                trial.awaitState(trial.enqueue(Act.QUICK, 0), JobState.COMPLETED);
                recovery.ended();
                double seconds = (System.nanoTime() - start) / 1e9;
                int tried = connects.get() - connected;
                System.out.println(String.format(
                        Locale.ROOT,
                        "F13 each worker tried to connect %.1f times a second for %.1f s",
                        tried / seconds / 2,
                        seconds));
                assertThat(tried)
                        .as("tries of both: one a second, and then one of each link")
                        .isLessThanOrEqualTo((int) (2 * (1.25 * seconds + 1 + LINKS)));
            }
            enough.set(true);
            load.join();
            trial.awaitAllEnded();
            trial.verify();
        } finally {
            enough.set(true);
        }
    }

    @Test
    void aServerThatTakesNoWritesAnyMoreIsLeft() throws Exception {
        RestartableServer.assumeWanted();
        try (RestartableServer server = RestartableServer.start(Map.of());
                Trial trial = Trial.begin(migrated(server), directory);
                HikariDataSource pool = trial.pool(4)) {
            trial.start(trial.worker("pooled", pool));
            trial.awaitState(trial.enqueue(Act.QUICK, 0), JobState.COMPLETED);
            server.stop();
            server.startAgainAsStandby();
            trial.await("every part has lost its connection", () -> trial.count(DatabaseLost.class) == LINKS);
            assertThat(trial.query("SELECT pg_is_in_recovery()")).containsExactly("t");
            Recovery recovery = Recovery.from("F17 (25006)", DEMOTED);
            trial.execute("SELECT pg_promote()");
            trial.awaitState(trial.enqueue(Act.QUICK, 0), JobState.COMPLETED);
            recovery.ended();
            assertThat(trial.count(DatabaseLost.class)).isEqualTo(LINKS);
            trial.verify();
        }
    }

    private static DataSource migrated(RestartableServer server) throws Exception {
        DataSource dataSource = server.dataSource(server.createDatabase("fault"));
        new Migrator(dataSource).migrate();
        return dataSource;
    }

    /** Enqueues as fast as it can, and says of each job what it was told. */
    private static void load(Trial trial, AtomicBoolean enough) {
        for (int number = 0; !enough.get(); number++) {
            NewJob<Work> job = Work.TYPE.with(Work.of(Act.QUICK)).queue("work-" + number % 4);
            trial.record(Kind.INVOKE, job.id());
            try {
                trial.jobQueue.enqueue(job);
                trial.record(Kind.OK, job.id());
            } catch (IndeterminateException unknown) {
                trial.record(Kind.UNKNOWN, job.id());
            } catch (PenstockException nothingWasCommitted) {
                trial.record(Kind.FAIL, job.id());
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private static DataSource counting(DataSource dataSource, AtomicInteger connects) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, arguments) -> {
                    if (method.getName().equals("getConnection")) {
                        connects.incrementAndGet();
                    }
                    try {
                        return method.invoke(dataSource, arguments);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }
}
