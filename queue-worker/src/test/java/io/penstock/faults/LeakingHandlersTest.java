package io.penstock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.penstock.faults.Work.Act;
import io.penstock.job.JobState;
import io.penstock.job.Limits;
import io.penstock.job.Outcome;
import io.penstock.observe.WorkerEvent.DatabaseLost;
import io.penstock.testkit.Recovery;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** F39: handlers leak connections until their pool, which is the worker's as well, has none. */
class LeakingHandlersTest {

    private static final int CONNECTIONS = 8;
    private static final int LINKS = 4;

    @TempDir
    private Path directory;

    @Test
    void aPoolWithoutConnectionsKeepsTheWorkerFromNothing() throws Exception {
        List<Connection> leaked = new CopyOnWriteArrayList<>();
        try (Trial trial = Trial.begin(directory);
                HikariDataSource pool = trial.pool(CONNECTIONS)) {
            trial.start(trial.worker("leaking", pool, context -> {
                if (context.payload().act() == Act.HOLD) {
                    leaked.add(pool.getConnection());
                }
                return Outcome.completed();
            }));
            trial.awaitState(trial.enqueue(Act.QUICK, 0), JobState.COMPLETED);
            for (int job = 0; job < 2 * CONNECTIONS; job++) {
                trial.enqueue(Work.TYPE.with(Work.of(Act.HOLD)).maxAttempts(2));
            }
            trial.await("none is left", () -> pool.getHikariPoolMXBean().getThreadsAwaitingConnection() > 0);
            long start = System.nanoTime();
            for (int job = 0; job < 10; job++) {
                trial.awaitState(trial.enqueue(Act.QUICK, 1), JobState.COMPLETED);
            }
            Duration slowest = Duration.ofNanos(System.nanoTime() - start);
            Recovery.measured("F39", "let ten others, one after another, take", slowest, Duration.ofSeconds(1));
            Recovery beat = Recovery.from("F39 (heart-beat)", Limits.HEARTBEAT.multipliedBy(2));
            trial.awaitBeats("leaking", 1);
            beat.ended();
            trial.awaitAllEnded();
            assertThat(leaked).hasSize(CONNECTIONS - LINKS);
            assertThat(trial.count(DatabaseLost.class)).isZero();
            assertThat(trial.fenced()).isEmpty();
            for (Connection connection : leaked) {
                connection.close();
            }
            trial.verify();
        }
    }
}
