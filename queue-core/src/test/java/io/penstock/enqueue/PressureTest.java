package io.penstock.enqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.JobQueue;
import io.penstock.error.OverloadException;
import io.penstock.error.RefusedException;
import io.penstock.job.Enqueued;
import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import io.penstock.job.QueueDefinition;
import io.penstock.job.Uniqueness;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** What becomes of enqueues to a queue that is behind, on a clock that stands still but for the test. */
@PenstockDatabase.Fresh
class PressureTest {

    record Item(int number) {}

    private static final JobType<Item> IMPORT = JobType.of("import", Item.class).onQueue("imports");
    private static final Duration BOUND = Duration.ofSeconds(60);

    private final PenstockDatabase database;
    private final AtomicLong clock = new AtomicLong();
    private final Deque<Runnable> background = new ArrayDeque<>();

    PressureTest(PenstockDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void aQueueThatStartsTenASecond() throws SQLException {
        JobQueue queue = database.jobQueue();
        queue.declare(QueueDefinition.of("imports", 0, 10, 1), QueueDefinition.of("later", 0, 1, 1));
        database.execute("DELETE FROM penstock.sample");
    }

    /** It has started ten jobs a second for a while, and so many are left. */
    private void isAt(int depth) throws SQLException {
        database.execute("DELETE FROM penstock.sample");
        database.execute("INSERT INTO penstock.sample (queue_id, at, drawn, depth, head_age)"
                + " SELECT queue_id, penstock.clock() - (20 - s) * interval '1 s', 100000, " + depth
                + " + (20 - s) * 10, 0"
                + " FROM penstock.queue, generate_series(0, 20) AS s WHERE name = 'imports'");
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
    }

    private Pressure pressure(BackPressure... rules) {
        return Pressure.of(List.of(rules), database.dataSource(), background::add, clock::get);
    }

    private static NewJob<Item> job() {
        return IMPORT.with(new Item(1));
    }

    /** The first to ask lets what reads know; who asks after that has the answer. */
    private NewJob<?> admitted(Pressure pressure, NewJob<?> job) {
        pressure.admit(List.of(job()));
        readAll();
        return pressure.admit(List.of(job)).get(0);
    }

    private void readAll() {
        while (!background.isEmpty()) {
            background.removeFirst().run();
        }
    }

    @Test
    void whatWouldWaitForTooLongIsRefused() throws SQLException {
        Pressure pressure = pressure(BackPressure.refuse("imports", BOUND));
        isAt(590);
        assertThat(admitted(pressure, job()).queue()).isEqualTo("imports");
        isAt(700);
        assertThat(pressure.admit(List.of(job())))
                .as("nobody waits for what is read")
                .hasSize(1);
        readAll();
        assertThatThrownBy(() -> pressure.admit(List.of(job())))
                .isInstanceOf(OverloadException.class)
                .hasMessageMatching(
                        ".*import .* on imports: expected a predicted wait of at most 60000 ms, was 70\\d\\d\\d ms;.*");
        assertThat(pressure.admit(List.of(job().queue("later"))))
                .as("another queue")
                .hasSize(1);
    }

    @Test
    void orGoesToAnotherQueueButForKeysThatHoldWithinTheirs() throws SQLException {
        Pressure pressure = pressure(BackPressure.divert("imports", BOUND, "later"));
        isAt(700);
        assertThat(admitted(pressure, job()).queue()).isEqualTo("later");
        assertThat(admitted(pressure, job().idempotencyKey("one")).queue()).isEqualTo("imports");
        assertThat(admitted(pressure, job().unique(Uniqueness.whileWaiting("one")))
                        .queue())
                .isEqualTo("imports");
    }

    @Test
    void theWaitIsToldWithEachJob() throws SQLException {
        Pressure pressure = pressure(BackPressure.tell("imports"));
        isAt(700);
        NewJob<?> job = admitted(pressure, job());
        List<Enqueued> told = pressure.told(List.of(job), List.of(new Enqueued(job.id(), true, Instant.EPOCH)));
        assertThat(told.get(0).predictedWait()).isBetween(Duration.ofSeconds(68), Duration.ofSeconds(72));
    }

    @Test
    void whatIsNotKnownLetsEverythingIn() throws SQLException {
        Pressure pressure = pressure(BackPressure.refuse("imports", BOUND));
        assertThat(admitted(pressure, job())).as("nothing was seen").isNotNull();
        isAt(700);
        pressure.admit(List.of(job()));
        readAll();
        clock.addAndGet(Duration.ofSeconds(61).toNanos());
        assertThat(pressure.admit(List.of(job()))).as("what was seen is old").hasSize(1);

        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setUrl("jdbc:postgresql://127.0.0.1:1/nowhere");
        Pressure blind =
                Pressure.of(List.of(BackPressure.refuse("imports", BOUND)), nowhere, background::add, clock::get);
        assertThat(admitted(blind, job())).as("nothing can be read").isNotNull();
    }

    /** Through the front door, once: own transactions, and those of a caller. */
    @Test
    void jobsAreEnqueuedWhereTheyAreDiverted() throws Exception {
        isAt(700);
        JobQueue queue = database.jobQueue().backPressure(BackPressure.divert("imports", BOUND, "later"));
        long patience = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!queue.find(queue.enqueue(job()).id()).orElseThrow().queue().equals("later")) {
            assertThat(System.nanoTime()).as("the wait is known").isLessThan(patience);
        }
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            UUID id = queue.enqueue(connection, job()).id();
            connection.commit();
            assertThat(queue.find(id).orElseThrow().queue()).isEqualTo("later");
        }
    }

    @Test
    void badRulesAreRefused() {
        assertThatThrownBy(() -> BackPressure.divert("imports", BOUND, "imports"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("back-pressure of queue \"imports\": expected another queue to divert to, was \"imports\"");
        assertThatThrownBy(() -> BackPressure.refuse("imports", Duration.ZERO))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("back-pressure of queue \"imports\"");
        assertThatThrownBy(() -> pressure(BackPressure.tell("imports"), BackPressure.refuse("imports", BOUND)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("expected to be given once, was given twice");
    }
}
