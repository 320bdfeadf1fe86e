package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.job.JobType;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.observe.WorkerEvent.AttemptEnded;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** One worker, two hundred queues: some guaranteed, most of them with a few jobs. */
@PenstockDatabase.Fresh
class ManyQueuesTest {

    private static final int QUEUES = 200;
    private static final int GUARANTEED = 4;
    private static final int WITH_JOBS = 150;
    private static final int CONNECTIONS = 5;
    private static final String APPLICATION = "many-queues";

    private final PenstockDatabase database;
    private final JobQueue jobQueue;
    private final JobType<Scene.Item> type = JobType.of("item", Scene.Item.class);
    private final Map<String, Integer> ended = new ConcurrentHashMap<>();
    private final AtomicLong mostConnections = new AtomicLong();

    ManyQueuesTest(PenstockDatabase database) {
        this.database = database;
        this.jobQueue = database.jobQueue();
    }

    /** As the database's own, told apart in pg_stat_activity. */
    private DataSource ofWorker() throws SQLException {
        PGSimpleDataSource dataSource =
                PenstockDatabase.server().dataSource(database.name()).unwrap(PGSimpleDataSource.class);
        dataSource.setApplicationName(APPLICATION);
        return dataSource;
    }

    private long connections() throws SQLException {
        return database.number(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '%" + APPLICATION + "'");
    }

    private Worker start() throws SQLException {
        WorkerBuilder builder = Worker.on(JobQueue.on(ofWorker()))
                .name("many")
                .listener(event -> {
                    if (event instanceof AttemptEnded attempt) {
                        ended.merge(attempt.queue(), 1, Integer::sum);
                    }
                })
                .handle(type, context -> {
                    mostConnections.accumulateAndGet(connections(), Math::max);
                    return Outcome.completed();
                });
        for (int number = 0; number < QUEUES; number++) {
            builder.queue(QueueDefinition.of(name(number), number < GUARANTEED ? 1 : 0, 8, 1));
        }
        return builder.start();
    }

    private static String name(int number) {
        return "many-" + number;
    }

    /** Two jobs for now and one for later into each queue, queue by queue. */
    private void enqueue() throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            for (int number = 0; number < WITH_JOBS; number++) {
                JobType<Scene.Item> onQueue = type.onQueue(name(number));
                jobQueue.enqueue(connection, onQueue.with(new Scene.Item(1)));
                jobQueue.enqueue(connection, onQueue.with(new Scene.Item(2)));
                jobQueue.enqueue(
                        connection,
                        onQueue.with(new Scene.Item(3)).runAt(Instant.now().plusMillis(100)));
                connection.commit();
            }
        }
    }

    private void awaitEnded(int perQueue) {
        Awaitility.await(perQueue + " jobs of each queue")
                .atMost(Duration.ofSeconds(60))
                .until(() ->
                        ended.size() == WITH_JOBS && ended.values().stream().allMatch(jobs -> jobs >= perQueue));
    }

    @Test
    void allJobsOfTwoHundredQueuesAreRunOverFiveConnections() throws Exception {
        try (Worker worker = start()) {
            for (int round = 1; round <= 2; round++) { // at first all are awake, then all asleep
                enqueue();
                awaitEnded(3 * round);
                Awaitility.await("every queue sleeps")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> database.number("SELECT count(*) FROM penstock.sleeper") == QUEUES);
            }
            assertThat(connections()).isEqualTo(CONNECTIONS);
        }
        assertThat(ended)
                .hasSize(WITH_JOBS)
                .allSatisfy((queue, jobs) -> assertThat(jobs).isEqualTo(6));
        assertThat(mostConnections.get()).isBetween(1L, (long) CONNECTIONS);
        assertThat(database.number("SELECT count(*) FROM penstock.finished")).isEqualTo(6 * WITH_JOBS);
    }
}
