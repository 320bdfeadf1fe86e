package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.database.Pipeline;
import io.penstock.job.JobState;
import io.penstock.job.QueueDefinition;
import io.penstock.store.KeyStore.Taken;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The steps of a limit per key, one by one, and what they cost. */
@PenstockDatabase.Fresh
class KeyStoreTest {

    private static final int LIMIT = 2;
    private static final int MANY = 100_000;
    private static final Pattern BUFFERS = Pattern.compile("\"Shared (Hit|Read) Blocks\": (\\d+)");

    private final PenstockDatabase database;
    private final QueueUnderTest queue;
    private final long worker;

    KeyStoreTest(PenstockDatabase database) throws SQLException {
        this.database = database;
        this.queue = new QueueUnderTest(database);
        this.worker = queue.worker();
        queue.jobQueue()
                .declare(QueueDefinition.of(queue.job().queue(), 0, 10, 1).perKey(LIMIT));
    }

    private List<ClaimedJob> claimed(Connection connection, int wanted) throws SQLException {
        return ClaimStore.claim(connection, queue.leaf(), worker, QueueUnderTest.NO_FLOORS, wanted);
    }

    private Set<UUID> admit(Connection connection, List<ClaimedJob> jobs) throws SQLException {
        Set<UUID> admitted = new HashSet<>();
        Pipeline pipeline = new Pipeline();
        KeyStore.admit(pipeline, connection, queue.leaf().queueId(), jobs, admitted::addAll);
        pipeline.run(connection);
        return admitted;
    }

    private void park(Connection connection, List<ClaimedJob> jobs) throws SQLException {
        Pipeline pipeline = new Pipeline();
        KeyStore.park(pipeline, connection, queue.leaf(), jobs, null);
        pipeline.run(connection);
    }

    private Taken take(int wanted, String after) throws SQLException {
        return queue.transact(connection -> {
            List<Taken> taken = new ArrayList<>();
            Pipeline pipeline = new Pipeline();
            KeyStore.takeParked(pipeline, queue.leaf().queueId(), worker, wanted, after, taken::add);
            pipeline.run(connection);
            return taken.get(0);
        });
    }

    private List<UUID> enqueueParked(String key, int count) throws SQLException {
        List<UUID> ids = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            ids.add(queue.jobQueue().enqueue(queue.job().concurrencyKey(key)).id());
        }
        queue.transact(connection -> {
            park(connection, claimed(connection, count));
            return count;
        });
        return ids;
    }

    @Test
    void asManyOfAKeyAreAdmittedAsItsLimitHasRoomFor() throws SQLException {
        for (int number = 0; number < 3; number++) {
            queue.jobQueue().enqueue(queue.job().concurrencyKey("a"));
        }
        queue.jobQueue().enqueue(queue.job().concurrencyKey("b"));
        queue.transact(connection -> {
            List<ClaimedJob> jobs = claimed(connection, 4);
            assertThat(admit(connection, jobs))
                    .containsExactlyInAnyOrder(
                            jobs.get(0).attempt().jobId(),
                            jobs.get(1).attempt().jobId(),
                            jobs.get(3).attempt().jobId());
            return jobs;
        });
    }

    @Test
    void aKeyThatSomebodyElseAdmitsAtThisMomentCountsAsFull() throws SQLException {
        queue.jobQueue().enqueue(queue.job().concurrencyKey("a"));
        queue.jobQueue().enqueue(queue.job().concurrencyKey("a"));
        queue.transact(connection -> {
            assertThat(admit(connection, claimed(connection, 1))).hasSize(1);
            queue.transact(other -> {
                List<ClaimedJob> jobs = claimed(other, 1);
                assertThat(admit(other, jobs)).isEmpty();
                park(other, jobs);
                return jobs;
            });
            return connection;
        });
        assertThat(take(1, "").jobs()).hasSize(1);
    }

    @Test
    void aParkedJobIsAsItWasBeforeItsClaimAndKeepsItsPlace() throws SQLException {
        UUID id = enqueueParked("a", 1).get(0);
        assertThat(queue.find(id).state()).isEqualTo(JobState.PARKED);
        assertThat(database.query("SELECT (lease_token, attempt, first_claimed_at IS NULL, position)::text"
                        + " FROM penstock.waiting WHERE id = '" + id + "'"))
                .containsExactly("(0,0,t,1)");
    }

    @Test
    void eachKeyHasItsTurnAndWithinAKeyTheFirstIsTaken() throws SQLException {
        List<UUID> a = enqueueParked("a", 3);
        List<UUID> b = enqueueParked("b", 2);
        List<UUID> c = enqueueParked("c", 1);

        Taken first = take(2, "");
        assertThat(first.jobs()).map(job -> job.attempt().jobId()).containsExactly(a.get(0), b.get(0));
        Taken then = take(9, first.goOnAfter());
        assertThat(then.jobs())
                .map(job -> job.attempt().jobId())
                .containsExactly(c.get(0), a.get(1), b.get(1)); // and no third of a: its limit
        assertThat(then.goOnAfter()).as("all keys had their turn").isEmpty();
        assertThat(then.seen()).isTrue();
    }

    @Test
    void whatHasEndedIsLetGoByItsEndOrSweptAndWhatRunsIsNot() throws SQLException {
        enqueueParked("a", 2);
        List<ClaimedJob> jobs = take(2, "").jobs();
        queue.transact(connection -> {
            Pipeline pipeline = new Pipeline();
            KeyStore.letGo(pipeline, connection, queue.leaf(), jobs);
            KeyStore.sweep(pipeline, queue.leaf());
            pipeline.run(connection);
            return jobs;
        });
        assertThat(holders()).as("both run").isEqualTo(2);
        queue.finish(Ending.completed(jobs.get(0).attempt()));
        queue.transact(connection -> {
            Pipeline pipeline = new Pipeline();
            KeyStore.letGo(pipeline, connection, queue.leaf(), jobs);
            pipeline.run(connection);
            return jobs;
        });
        assertThat(holders()).isEqualTo(1);
        queue.finish(Ending.completed(jobs.get(1).attempt()));
        queue.transact(connection -> {
            Pipeline pipeline = new Pipeline();
            KeyStore.sweep(pipeline, queue.leaf());
            pipeline.run(connection);
            return jobs;
        });
        assertThat(holders()).isZero();
    }

    private long holders() throws SQLException {
        return database.number("SELECT count(*) FROM penstock.key_holder WHERE queue_id = "
                + queue.leaf().queueId());
    }

    @Test
    void aHundredThousandParkedJobsOfAFullKeyCostAClaimAndATakeNothing() throws SQLException {
        enqueueParked("full", 2);
        assertThat(take(2, "").jobs()).hasSize(2);
        insertParked(10);
        enqueueParked("light", 1);
        queue.jobQueue().enqueue(queue.job());
        long take = buffers("take_parked", queue.leaf().queueId() + ", " + worker + ", 5, '', 64");
        long claim = buffers("claim", "'{}', '{}', 0, 5, 0, 5, 0, 5, 0, 5, " + worker + ", " + worker);

        insertParked(MANY);
        assertThat(buffers("take_parked", queue.leaf().queueId() + ", " + worker + ", 5, '', 64"))
                .isLessThanOrEqualTo(2 * take);
        assertThat(buffers("claim", "'{}', '{}', 0, 5, 0, 5, 0, 5, 0, 5, " + worker + ", " + worker))
                .isLessThanOrEqualTo(2 * claim);
    }

    private void insertParked(int count) throws SQLException {
        database.execute(
                "INSERT INTO penstock.waiting (id, due_at, enqueued_at, eligible_at, queue_id, max_attempts, priority, state, type,"
                        + " concurrency_key, position, payload) SELECT gen_random_uuid(), 'infinity', now(), now(), "
                        + queue.leaf().queueId() + ", 20, 2, 'parked', 'note', 'full', n, '{}' FROM generate_series(1, "
                        + count + ") AS n");
    }

    /** What the statement reads, with all that its function does; it is rolled back. */
    private long buffers(String name, String arguments) throws SQLException {
        return queue.transact(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL plan_cache_mode = force_generic_plan");
                statement.execute("SAVEPOINT before");
                statement.execute(
                        "PREPARE measured AS " + StatementCatalogueTest.numbered(Statements.of(name, queue.leaf())));
                long buffers = 0;
                for (int run = 0; run < 2; run++) { // the first reads the catalogue too
                    buffers = 0;
                    try (ResultSet row = statement.executeQuery(
                            "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE measured (" + arguments + ")")) {
                        row.next();
                        Matcher matcher = BUFFERS.matcher(row.getString(1));
                        for (int part = 0;
                                part < 2 && matcher.find();
                                part++) { // those of the outermost node come first
                            buffers += Long.parseLong(matcher.group(2));
                        }
                    }
                    statement.execute("ROLLBACK TO before");
                }
                statement.execute("DEALLOCATE measured");
                return buffers;
            }
        });
    }
}
