package io.penstock.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.JobType;
import io.penstock.job.Limits;
import io.penstock.job.QueueDefinition;
import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent;
import io.penstock.observe.WorkerEvent.JobsPromoted;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Round by round, on a clock of the database that the test moves. */
@PenstockDatabase.Fresh
class PromoterTest extends ClaimingTest {

    private static final int DUE_AT_ONCE = 100_000;

    private final JobType<Nothing> other = JobType.of("nothing", Nothing.class).onQueue(type.queue() + "-other");
    private final List<WorkerEvent> events = new ArrayList<>();
    private final List<Integer> woken = new ArrayList<>();
    private final Promoter promoter;
    private final int otherId;

    PromoterTest(PenstockDatabase database) throws SQLException {
        super(database);
        this.promoter = new Promoter(
                link,
                floors,
                new Events(List.of(events::add)),
                woken::add,
                new ScheduleKeeper(link, new Events(List.of()), queueId -> {}));
        jobQueue.declare(QueueDefinition.of(other.queue(), 0, 8, 1));
        this.otherId =
                (int) database.number("SELECT queue_id FROM penstock.queue WHERE name = '" + other.queue() + "'");
        clock("2030-01-01 00:00:00Z");
    }

    @AfterEach
    void resetClock() throws SQLException {
        database.execute("CREATE OR REPLACE FUNCTION penstock.clock() RETURNS timestamptz LANGUAGE sql VOLATILE"
                + " PARALLEL SAFE AS 'SELECT pg_catalog.clock_timestamp()'");
    }

    private void clock(String moment) throws SQLException {
        database.execute("CREATE OR REPLACE FUNCTION penstock.clock() RETURNS timestamptz LANGUAGE sql VOLATILE"
                + " PARALLEL SAFE AS $$SELECT timestamptz '" + moment + "'$$");
    }

    private UUID enqueueOther(String dueAt) {
        return jobQueue.enqueue(other.with(new Nothing()).runAt(Instant.parse(dueAt)))
                .id();
    }

    private void enqueueMany(String dueAt) throws SQLException {
        for (int batch = 0; batch < DUE_AT_ONCE; batch += Limits.ENQUEUE_BATCH) {
            database.execute("SELECT FROM penstock.enqueue_batch('" + type.queue() + "', (SELECT jsonb_agg("
                    + "jsonb_build_object('type', 'nothing', 'payload', '{}'::jsonb, 'run_at', '" + dueAt + "'))"
                    + " FROM generate_series(1, " + Limits.ENQUEUE_BATCH + ")))");
        }
    }

    /** One round; answers whether there may be more to do. */
    private boolean promote() throws SQLException {
        events.clear();
        woken.clear();
        floors.run();
        return promoter.run(now);
    }

    private List<Integer> promoted() {
        return events.stream().map(event -> ((JobsPromoted) event).jobs()).toList();
    }

    private long live(int queue) throws SQLException {
        return database.number("SELECT count(*) FROM penstock.live WHERE queue_id = " + queue);
    }

    @Test
    void aHundredThousandJobsDueAtOnceInOneQueueKeepNoJobOfAnotherWaitingForMoreThanARound() throws SQLException {
        enqueueMany("2030-01-01T01:00:00Z");
        enqueueOther("2030-01-01T01:00:00Z");
        assertThat(promote()).as("nothing is due yet").isFalse();
        assertThat(promoted()).isEmpty();

        clock("2030-01-01 01:00:00Z");
        int rounds = 0;
        while (promote()) {
            rounds++;
            boolean due = rounds % 10 == 1; // the one that was due with the many, and one more before every tenth round
            assertThat(promoted()).hasSize(due ? 2 : 1).contains(Limits.PROMOTION_BATCH);
            assertThat(live(queueId)).isEqualTo((long) rounds * Limits.PROMOTION_BATCH);
            assertThat(live(otherId)).isEqualTo((rounds + 9) / 10);
            if (due) {
                assertThat(promoted()).contains(1);
                assertThat(woken).contains(queueId, otherId);
            }
            if (rounds % 10 == 0) {
                String moment = "2030-01-01T01:00:%02dZ".formatted(rounds / 2);
                enqueueOther(moment);
                clock(moment);
            }
        }
        assertThat(rounds).isEqualTo(DUE_AT_ONCE / Limits.PROMOTION_BATCH);
        assertThat(database.number("SELECT count(*) FROM penstock.waiting")).isZero();
    }
}
