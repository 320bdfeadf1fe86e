package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.database.Session;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobState;
import io.penstock.job.QueueDefinition;
import io.penstock.job.Retention;
import io.penstock.migrate.Migrator;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class RetentionTest {

    private final PenstockDatabase database;

    RetentionTest(PenstockDatabase database) {
        this.database = database;
    }

    /** Each test on its own: no queue of an earlier one keeps a day, and today is there. */
    @AfterEach
    void reset() throws SQLException {
        database.execute(
                "UPDATE penstock.queue SET keep_completed = 0, keep_failed = 0; DELETE FROM penstock.retained_day");
        database.execute(
                "CREATE OR REPLACE FUNCTION penstock.clock() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE"
                        + " AS 'SELECT pg_catalog.clock_timestamp()'");
        database.execute("SELECT penstock.ensure_days()");
    }

    private void daysLater(int days) throws SQLException {
        database.execute(
                "CREATE OR REPLACE FUNCTION penstock.clock() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE"
                        + " AS $$SELECT pg_catalog.clock_timestamp() + interval '" + days + " days'$$");
    }

    private QueueUnderTest queue(Retention retention) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        keep(queue, retention);
        return queue;
    }

    private static void keep(QueueUnderTest queue, Retention retention) {
        queue.jobQueue()
                .declare(new QueueDefinition(queue.job().queue(), new ConcurrencyBudget(0, 10, 1)).keeping(retention));
    }

    private static UUID completed(QueueUnderTest queue) throws SQLException {
        ClaimedJob job = queue.running();
        assertThat(queue.finish(Ending.completed(job.attempt()))).isTrue();
        return job.attempt().jobId();
    }

    private static UUID discarded(QueueUnderTest queue) throws SQLException {
        ClaimedJob job = queue.running();
        assertThat(queue.finish(Ending.discarded(job.attempt(), "enough", null)))
                .isTrue();
        return job.attempt().jobId();
    }

    private boolean known(UUID id) throws SQLException {
        return database.number("SELECT count(*) FROM penstock.finished WHERE id = '" + id + "'") > 0;
    }

    private void prune(QueueUnderTest queue) throws SQLException {
        for (boolean more = true; more; ) {
            more = queue.transact(DayStore::prune);
        }
    }

    private long days() throws SQLException {
        return database.number("SELECT count(*) FROM pg_inherits WHERE inhparent = 'penstock.finished'::regclass");
    }

    @Test
    void whatIsKeptForNoDayIsNotWritten() throws SQLException {
        QueueUnderTest nothing = queue(Retention.NONE);
        QueueUnderTest failures = queue(Retention.failuresOnly(3));

        assertThat(known(completed(nothing))).isFalse();
        assertThat(known(discarded(nothing))).isFalse();
        assertThat(known(completed(failures))).isFalse();
        assertThat(known(discarded(failures))).isTrue();
    }

    @Test
    void anAttemptWhoseEndWasNotToBeKeptCountsAsEndedOnceItsJobIsNowhere() throws SQLException {
        QueueUnderTest queue = queue(Retention.NONE);
        ClaimedJob job = queue.running();
        Ending ending = Ending.completed(job.attempt());
        assertThat(ended(queue, ending)).isFalse();
        queue.finish(ending);
        assertThat(ended(queue, ending)).isTrue();

        ClaimedJob lost = queue.running();
        long worker = database.number("SELECT worker_id FROM penstock.live WHERE id = '"
                + lost.attempt().jobId() + "'");
        Range everything = new Range(new long[4], new long[] {99, 99, 99, 99});
        queue.transact(connection -> WorkerStore.rescue(connection, queue.leaf(), everything, worker, "{}"));
        assertThat(ended(queue, Ending.completed(lost.attempt()))).isFalse();
    }

    private static boolean ended(QueueUnderTest queue, Ending ending) throws SQLException {
        return !queue.transact(connection -> CompletionStore.endedUnderToken(connection, queue.leaf(), List.of(ending)))
                .isEmpty();
    }

    @Test
    void aDayIsRemovedWhenNoQueueKeepsItAndRowsBeforeThatWhereTheirQueueKeepsLess() throws SQLException {
        QueueUnderTest week = queue(Retention.DEFAULT);
        QueueUnderTest day = queue(new Retention(1, 2));
        UUID completedForAWeek = completed(week);
        UUID discardedForAMonth = discarded(week);
        UUID completedForADay = completed(day);
        UUID discardedForTwo = discarded(day);
        long before = days();
        prune(week);

        daysLater(1);
        prune(week);
        assertThat(known(completedForADay)).isTrue();
        daysLater(2);
        prune(week);
        assertThat(known(completedForADay)).isFalse();
        assertThat(known(discardedForTwo)).isTrue();
        daysLater(3);
        prune(week);
        assertThat(known(discardedForTwo)).isFalse();
        daysLater(8);
        prune(week);
        assertThat(known(completedForAWeek)).isFalse();
        assertThat(known(discardedForAMonth)).isTrue();
        assertThat(days()).isEqualTo(before);

        daysLater(31);
        prune(week);
        assertThat(week.transact(DayStore::expired)).isNotEmpty();
        new Migrator(database.dataSource()).migrate();
        assertThat(known(discardedForAMonth)).isFalse();
        assertThat(days()).isLessThan(before);
        assertThat(week.transact(DayStore::expired)).isEmpty();
    }

    @Test
    void aQueueThatKeepsLessFromNowOnLosesWhatItKept() throws SQLException {
        queue(Retention.DEFAULT);
        QueueUnderTest queue = queue(Retention.days(20));
        UUID id = completed(queue);
        daysLater(5);
        prune(queue);
        assertThat(known(id)).isTrue();
        keep(queue, Retention.days(3));
        prune(queue);
        assertThat(known(id)).isFalse();
    }

    @Test
    void aRemovalThatWaitedInVainIsFinishedByTheNext() throws SQLException {
        QueueUnderTest queue = queue(Retention.days(1));
        completed(queue);
        daysLater(3);
        prune(queue);
        DayStore.ExpiredDay day = queue.transact(DayStore::expired).get(0);
        try (var older = database.connect();
                var statement = older.createStatement();
                Session session = Session.open(database.dataSource(), TransactionLimits.DEFAULT)) {
            older.setAutoCommit(false);
            statement.execute("SELECT count(*) FROM penstock.finished");
            assertThatThrownBy(() -> session.outsideTransaction(connection -> {
                        DayStore.remove(connection, day);
                        return day;
                    }))
                    .isInstanceOf(SQLException.class);
            older.rollback();
            assertThat(queue.transact(DayStore::expired).get(0).detaching()).isTrue();
            session.outsideTransaction(connection -> {
                DayStore.remove(connection, new DayStore.ExpiredDay(day.digits(), true));
                return day;
            });
        }
        assertThat(queue.transact(DayStore::expired))
                .extracting(DayStore.ExpiredDay::digits)
                .doesNotContain(day.digits());
    }

    @Test
    void aKeyIsForgottenAWeekAfterItsJobsTime() throws SQLException {
        QueueUnderTest queue = queue(Retention.DEFAULT);
        UUID first = queue.jobQueue().enqueue(queue.job().idempotencyKey("k")).id();
        daysLater(6);
        queue.transact(DayStore::forgetKeys);
        assertThat(queue.jobQueue().enqueue(queue.job().idempotencyKey("k")).id())
                .isEqualTo(first);
        daysLater(8);
        assertThat(queue.<Integer>transact(DayStore::forgetKeys)).isEqualTo(1);
        assertThat(queue.jobQueue().enqueue(queue.job().idempotencyKey("k")).id())
                .isNotEqualTo(first);
    }

    @Test
    void whatASubjectsJobsCarryIsErasedWhereverTheyAre() throws SQLException {
        QueueUnderTest queue = queue(Retention.DEFAULT);
        ClaimedJob ended = tagged(queue);
        queue.finish(Ending.completed(ended.attempt()));
        ClaimedJob running = tagged(queue);
        UUID available = queue.jobQueue().enqueue(queue.job().tags("subject:7")).id();
        UUID waiting = queue.jobQueue()
                .enqueue(queue.job().tags("subject:7").runAt(Instant.now().plusSeconds(3600)))
                .id();
        UUID other = queue.jobQueue().enqueue(queue.job().tags("subject:8")).id();

        assertThat(queue.jobQueue().erase("subject:7")).isEqualTo(4);

        assertThat(queue.find(available).state()).isEqualTo(JobState.CANCELLED);
        assertThat(queue.find(waiting).state()).isEqualTo(JobState.CANCELLED);
        assertThat(queue.find(running.attempt().jobId()).state()).isEqualTo(JobState.RUNNING);
        assertThat(queue.find(other).state()).isEqualTo(JobState.AVAILABLE);
        String carried =
                "SELECT count(*) FROM (SELECT tags, payload FROM penstock.live UNION ALL SELECT tags, payload FROM"
                        + " penstock.waiting UNION ALL SELECT tags, payload FROM penstock.finished) AS all_rooms"
                        + " WHERE tags @> ARRAY['subject:7'] AND payload::text LIKE '%text%'";
        assertThat(database.number(carried)).isZero();
        assertThat(queue.finish(Ending.completed(running.attempt()))).isTrue();
        assertThat(database.number(carried)).isZero();
        assertThat(queue.jobQueue().erase("subject:7")).isZero();
    }

    private static ClaimedJob tagged(QueueUnderTest queue) throws SQLException {
        UUID id = queue.jobQueue().enqueue(queue.job().tags("subject:7")).id();
        return queue.claimOnly(id);
    }
}
