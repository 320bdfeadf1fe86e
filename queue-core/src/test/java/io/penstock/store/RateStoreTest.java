package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.database.Pipeline;
import io.penstock.job.QueueDefinition;
import io.penstock.job.RateLimit;
import io.penstock.store.RateStore.Taken;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.StillClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The tokens of a queue's rate, on a clock that stands where the test puts it. */
@PenstockDatabase.Fresh
class RateStoreTest {

    private static final int PER_SECOND = 10;
    private static final Taken NONE_BUT_SOON = new Taken(0, Duration.ofMillis(5));

    private final PenstockDatabase database;
    private final QueueUnderTest queue;
    private long now;

    RateStoreTest(PenstockDatabase database) throws SQLException {
        this.database = database;
        this.queue = new QueueUnderTest(database);
        queue.jobQueue()
                .declare(QueueDefinition.of(queue.job().queue(), 0, 10, 1).rate(RateLimit.perSecond(PER_SECOND)));
        at(0);
    }

    private void at(long milliseconds) throws SQLException {
        now = milliseconds;
        StillClock.set(database, Duration.ofMillis(milliseconds));
    }

    private Taken take(Connection connection, int wanted) throws SQLException {
        Taken[] taken = new Taken[1];
        Pipeline pipeline = new Pipeline();
        RateStore.take(pipeline, queue.leaf().queueId(), wanted, tokens -> taken[0] = tokens);
        pipeline.run(connection);
        return taken[0];
    }

    private Taken take(int wanted) throws SQLException {
        return queue.transact(connection -> take(connection, wanted));
    }

    private static Taken taken(int tokens, long nextInMilliseconds) {
        return new Taken(tokens, Duration.ofMillis(nextInMilliseconds));
    }

    @Test
    void aBucketIsFullAtFirstAndFillsByItsRate() throws SQLException {
        assertThat(take(4)).isEqualTo(taken(4, 0));
        assertThat(take(PER_SECOND)).isEqualTo(taken(6, 100));
        assertThat(take(1)).isEqualTo(taken(0, 100));
        at(60);
        assertThat(take(1)).isEqualTo(taken(0, 40));
        at(350);
        assertThat(take(5)).isEqualTo(taken(3, 50));
        at(60_000);
        assertThat(take(100)).as("no more than it holds").isEqualTo(taken(10, 100));
    }

    @Test
    void whatIsPutBackOrRolledBackIsThere() throws SQLException {
        queue.transact(connection -> {
            assertThat(take(connection, 10)).isEqualTo(taken(10, 0));
            RateStore.putBack(connection, queue.leaf().queueId(), 7);
            return connection;
        });
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            assertThat(take(connection, 5)).isEqualTo(taken(5, 0));
            connection.rollback();
        }
        assertThat(take(10)).isEqualTo(taken(7, 100));
    }

    @Test
    void nobodyWaitsForSomebodyElsesTokens() throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            assertThat(take(connection, 5)).isEqualTo(taken(5, 0));
            assertThat(take(5)).isEqualTo(NONE_BUT_SOON);
            connection.commit();
        }
        assertThat(take(6)).isEqualTo(taken(5, 100));
    }

    @Test
    void aClockThatIsSetBackDelaysNobody() throws SQLException {
        at(3_600_000);
        assertThat(take(10)).isEqualTo(taken(10, 0));
        at(0);
        assertThat(take(PER_SECOND + 1)).as("as good as full").isEqualTo(taken(10, 100));
        at(100);
        assertThat(take(2)).isEqualTo(taken(1, 100));
    }

    @Test
    void aQueueWithoutARateGivesWhatIsWanted() throws SQLException {
        database.execute("UPDATE penstock.queue SET rate = NULL WHERE queue_id = "
                + queue.leaf().queueId());
        assertThat(take(500)).isEqualTo(taken(500, 0));
        assertThat(database.number("SELECT count(*) FROM penstock.bucket WHERE queue_id = "
                        + queue.leaf().queueId()))
                .isZero();
    }

    @Test
    void inNoTimeIsMoreTakenThanTheBucketHoldsAndGetsMeanwhile() throws SQLException {
        Random random = new Random(7);
        double level = PER_SECOND;
        for (int step = 0; step < 200; step++) {
            int pause = random.nextInt(400);
            at(now + pause);
            level = Math.min(PER_SECOND, level + pause * PER_SECOND / 1_000.0);
            int wanted = 1 + random.nextInt(6);
            Taken taken = take(wanted);
            assertThat(taken.tokens()).as("step %d", step).isEqualTo((int) Math.min(wanted, level + 1e-6));
            level -= taken.tokens();
        }
    }
}
