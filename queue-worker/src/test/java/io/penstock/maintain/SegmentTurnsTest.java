package io.penstock.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.job.Limits;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Many queues, and somebody who reads all that is live for hours: a dump. */
@PenstockDatabase.Fresh
class SegmentTurnsTest extends ClaimingTest {

    private static final int READ = 10;

    private final SegmentKeeper segments;

    SegmentTurnsTest(PenstockDatabase database) throws SQLException {
        super(database);
        this.segments = new SegmentKeeper(link, floors);
    }

    /** A second later; answers how many locks were not free. */
    private int refusals() throws SQLException {
        look();
        now += 1_000_000_000L;
        SQLException failure = catchThrowableOfType(SQLException.class, () -> segments.run(now));
        return failure == null ? 0 : 1 + failure.getSuppressed().length;
    }

    @Test
    void aRunEndsAtAFewLocksThatAreNotFreeAndEveryQueuesTurnComesAllTheSame() throws SQLException {
        for (int queue = 0; queue < READ; queue++) {
            jobQueue.declare(QueueDefinition.of("read-" + queue, 0, 8, 1));
        }
        try (Connection dump = database.connect();
                Statement statement = dump.createStatement()) {
            dump.setAutoCommit(false);
            statement.execute("SELECT FROM penstock.live LIMIT 0");
            jobQueue.declare(QueueDefinition.of("last", 0, 8, 1)); // nobody reads this one
            database.execute("SELECT setval(format('penstock.position_q%s', queue_id), " + Limits.SEGMENT_POSITIONS
                    + ") FROM penstock.queue WHERE name = 'last'");
            now = System.nanoTime(); // queues take their time to make
            int run = 0;
            for (long segment = 0; segment == 0; segment = writeSegmentOfLast()) {
                run++;
                assertThat(refusals()).as("run " + run).isBetween(1, SegmentKeeper.REFUSED_LOCKS);
                assertThat(run * SegmentKeeper.REFUSED_LOCKS)
                        .isLessThanOrEqualTo(READ + 1 + SegmentKeeper.REFUSED_LOCKS);
            }
            assertThat(run).isGreaterThan(1);
            dump.rollback();
        }
        now += 10_000_000_000L; // the longest pause of a lock that was not free
        assertThat(refusals()).isZero();
    }

    private long writeSegmentOfLast() throws SQLException {
        return database.number("SELECT write_segment FROM penstock.queue WHERE name = 'last'");
    }
}
