package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.Attempt;
import io.penstock.job.Enqueued;
import io.penstock.job.JobSnapshot;
import io.penstock.job.JobState;
import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import io.penstock.job.Priority;
import io.penstock.job.Uniqueness;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** At most one job of a key, through the states of the one there is. */
@PenstockDatabase.Fresh
class UniqueJobsTest {

    private static final Uniqueness WAITING = Uniqueness.whileWaiting("report");
    private static final Uniqueness RUNNING = Uniqueness.whileWaitingOrRunning("report");

    private final PenstockDatabase database;
    private final QueueUnderTest queue;

    UniqueJobsTest(PenstockDatabase database) throws SQLException {
        this.database = database;
        this.queue = new QueueUnderTest(database);
    }

    private Enqueued enqueue(Uniqueness uniqueness) {
        return queue.jobQueue().enqueue(queue.job().unique(uniqueness));
    }

    private NewJob<QueueUnderTest.Note> note(String text) {
        return queue.job(text);
    }

    private String payload(UUID id) throws SQLException {
        return database.query("SELECT payload ->> 'text' FROM penstock.live WHERE id = '" + id
                        + "' UNION ALL SELECT payload ->> 'text' FROM penstock.waiting WHERE id = '" + id + "'")
                .get(0);
    }

    private void assertKept(Uniqueness uniqueness, Enqueued holder) {
        assertThat(enqueue(uniqueness))
                .extracting(Enqueued::created, Enqueued::id)
                .containsExactly(false, holder.id());
    }

    @Test
    void oneThatIsAvailableScheduledOrToBeRetriedWaits() throws SQLException {
        Enqueued available = enqueue(WAITING);
        assertThat(available.created()).isTrue();
        assertKept(WAITING, available);

        Attempt attempt = queue.claimOnly(available.id()).attempt();
        queue.postpone(Ending.retryable(attempt, Duration.ofHours(1), "{}"));
        assertKept(WAITING, available);
        assertKept(RUNNING, available);

        Uniqueness other = Uniqueness.whileWaiting("other");
        Enqueued scheduled = queue.jobQueue().enqueue(queue.job().unique(other).runIn(Duration.ofHours(1)));
        assertKept(other, scheduled);
        assertThat(queue.find(scheduled.id()).state()).isEqualTo(JobState.SCHEDULED);
    }

    @Test
    void oneThatRunsCountsOnlyWhereThatIsWished() throws SQLException {
        Enqueued first = enqueue(RUNNING);
        queue.claimOnly(first.id());

        assertKept(RUNNING, first);
        assertKept(RUNNING.replacing(), first);
        assertKept(Uniqueness.forPeriod("report", Duration.ofMillis(1)), first);
        Enqueued second = enqueue(WAITING);

        assertThat(second.created())
                .as("for what has changed since the first started")
                .isTrue();
        assertKept(WAITING, second);
    }

    @Test
    void oneThatHasEndedDoesNotCount() throws SQLException {
        Enqueued first = enqueue(RUNNING);
        queue.finish(Ending.completed(queue.claimOnly(first.id()).attempt()));
        Enqueued second = enqueue(RUNNING);
        assertThat(second.created()).isTrue();
        queue.jobQueue().cancel(second.id(), "not wanted");

        assertThat(enqueue(RUNNING).created()).isTrue();
    }

    @Test
    void withinThePeriodOneThatHasEndedCounts() throws SQLException {
        Uniqueness hourly = Uniqueness.forPeriod("hourly", Duration.ofHours(1));
        Enqueued first = enqueue(hourly);
        queue.finish(Ending.completed(queue.claimOnly(first.id()).attempt()));
        assertKept(hourly, first);
        assertKept(hourly.replacing(), first);

        database.execute("UPDATE penstock.unique_key SET taken_at = taken_at - interval '1 hour' WHERE key = 'hourly'");

        assertThat(enqueue(hourly).created()).isTrue();
    }

    @Test
    void aJobThatTookAKeyAndWasRolledBackDoesNotHoldIt() throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            queue.jobQueue().enqueue(connection, queue.job().unique(WAITING));
            connection.rollback();
        }
        assertThat(enqueue(WAITING).created()).isTrue();
    }

    @Test
    void aPayloadIsReplacedWhereverTheJobWaits() throws SQLException {
        JobType<QueueUnderTest.Note> renamed = JobType.of("renamed", QueueUnderTest.Note.class)
                .onQueue(queue.job().queue());
        Enqueued available = queue.jobQueue().enqueue(note("old").tags("old").unique(WAITING));
        long position = queue.position(available.id());
        Uniqueness later = Uniqueness.whileWaiting("later");
        Enqueued scheduled = queue.jobQueue().enqueue(note("old").unique(later).runIn(Duration.ofHours(1)));

        for (Uniqueness uniqueness : List.of(WAITING, later)) {
            Enqueued answer = queue.jobQueue()
                    .enqueue(renamed.with(new QueueUnderTest.Note("new"))
                            .tags("new")
                            .metadata("asked", "again")
                            .unique(uniqueness.replacingPayload()));
            assertThat(answer.created()).isFalse();
            JobSnapshot job = queue.find(answer.id());
            assertThat(payload(job.id())).isEqualTo("new");
            assertThat(job.type()).isEqualTo("renamed");
            assertThat(database.query(
                            "SELECT tags || ARRAY[metadata ->> 'asked', metadata ->> 'penstock.unique'] FROM penstock."
                                    + (uniqueness == later ? "waiting" : "live") + " WHERE id = '" + job.id() + "'"))
                    .containsExactly("{new,again," + uniqueness.key() + "}");
        }
        assertThat(queue.position(available.id())).isEqualTo(position);
        assertThat(queue.find(scheduled.id()).state()).isEqualTo(JobState.SCHEDULED);
    }

    @Test
    void aJobIsReplacedToRunLaterSoonerOrNow() throws SQLException {
        Uniqueness debounced = WAITING.replacing();
        Enqueued first = queue.jobQueue().enqueue(note("1").unique(debounced));
        queue.enqueue();
        long position = queue.position(first.id());

        queue.jobQueue().enqueue(note("2").runIn(Duration.ofHours(2)).unique(debounced));
        assertThat(queue.find(first.id()).state()).isEqualTo(JobState.SCHEDULED);
        assertThat(payload(first.id())).isEqualTo("2");

        Enqueued sooner =
                queue.jobQueue().enqueue(note("3").runIn(Duration.ofHours(1)).unique(debounced));
        assertThat(database.query("SELECT due_at FROM penstock.waiting WHERE id = '" + first.id() + "'"))
                .isEqualTo(database.query("SELECT '" + sooner.eligibleAt() + "'::timestamptz"));

        queue.jobQueue()
                .enqueue(note("4").priority(Priority.HIGH).maxAttempts(3).unique(debounced));
        assertThat(queue.find(first.id()).state()).isEqualTo(JobState.AVAILABLE);
        assertThat(queue.position(first.id())).as("at the end of the line").isGreaterThan(position + 1);
        assertThat(database.query(
                        "SELECT (payload ->> 'text', priority, max_attempts)::text FROM penstock.live WHERE id = '"
                                + first.id() + "'"))
                .containsExactly("(4,1,3)");
        assertThat(database.number("SELECT count(*) FROM penstock.waiting WHERE id = '" + first.id() + "'"))
                .isZero();
    }

    @Test
    void whatWasTriedAndItsFenceOutliveAReplacement() throws SQLException {
        Enqueued job = enqueue(WAITING);
        Attempt old = queue.claimOnly(job.id()).attempt();
        queue.postpone(Ending.retryable(old, Duration.ofHours(1), "{}"));

        queue.jobQueue().enqueue(note("new").maxAttempts(1).unique(WAITING.replacing()));
        Attempt next = queue.claimOnly(job.id()).attempt();

        assertThat(next.number()).isEqualTo(2);
        assertThat(next.leaseToken()).isGreaterThan(old.leaseToken());
        assertThat(queue.finish(Ending.completed(old))).isFalse();
        assertThat(queue.finish(Ending.completed(next))).isTrue();
    }

    @Test
    void theJobThatIsKeptStartsAfterTheTransactionThatWantedAnotherAndNothingElseWaits() throws SQLException {
        Enqueued kept = enqueue(WAITING);
        UUID other = queue.enqueue();
        QueueUnderTest elsewhere = new QueueUnderTest(database);
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            queue.jobQueue().enqueue(connection, queue.job().unique(WAITING));

            assertThat(queue.claim(queue.worker(), 10))
                    .extracting(job -> job.attempt().jobId())
                    .containsExactly(other);
            assertThat(elsewhere
                            .jobQueue()
                            .enqueue(elsewhere.job().unique(WAITING))
                            .created())
                    .as("the same key of another queue")
                    .isTrue();
            assertThat(enqueue(Uniqueness.whileWaiting("another key")).created())
                    .isTrue();
            connection.commit();
        }
        assertThat(queue.claim(queue.worker(), 10))
                .extracting(job -> job.attempt().jobId())
                .contains(kept.id());
    }

    @Test
    void aRunningJobCanEndWhileATransactionThatWantedAnotherIsOpen() throws SQLException {
        Enqueued first = enqueue(RUNNING);
        Attempt attempt = queue.claimOnly(first.id()).attempt();
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            queue.jobQueue().enqueue(connection, queue.job().unique(RUNNING));

            assertThat(queue.finish(Ending.completed(attempt))).isTrue();
            connection.rollback();
        }
    }

    @Test
    void ofABatchTheFirstCountsOrTheLastWhereItReplaces() throws SQLException {
        NewJob<QueueUnderTest.Note> plain = note("plain");
        List<Enqueued> kept = queue.jobQueue()
                .enqueue(List.of(
                        note("a").unique(WAITING),
                        plain,
                        note("b").unique(WAITING),
                        note("c").idempotencyKey("report")));
        assertThat(kept).extracting(Enqueued::created).containsExactly(true, true, false, true);
        assertThat(kept.get(2).id()).isEqualTo(kept.get(0).id());
        assertThat(payload(kept.get(0).id())).isEqualTo("a");

        List<Enqueued> replaced = queue.jobQueue()
                .enqueue(
                        List.of(note("d").unique(WAITING.replacing()), note("e").unique(WAITING.replacing())));
        assertThat(replaced).extracting(Enqueued::id).containsOnly(kept.get(0).id());
        assertThat(payload(kept.get(0).id())).isEqualTo("e");
    }

    @Test
    void aKeyIsForgottenWhenItsJobHasEndedAndKeptWhileItHasNot() throws SQLException {
        Enqueued ended = enqueue(Uniqueness.whileWaiting("ended"));
        queue.finish(Ending.completed(queue.claimOnly(ended.id()).attempt()));
        enqueue(Uniqueness.whileWaiting("waits"));
        queue.transact(DayStore::forgetUniqueKeys);
        assertThat(keys()).as("not before its time").containsExactly("ended", "waits");
        database.execute("UPDATE penstock.unique_key SET look_at = look_at - interval '25 hours'");

        assertThat(queue.<Integer>transact(DayStore::forgetUniqueKeys)).isPositive();
        queue.transact(DayStore::forgetUniqueKeys);
        assertThat(keys()).containsExactly("waits");
    }

    private List<String> keys() throws SQLException {
        return database.query("SELECT key FROM penstock.unique_key WHERE key IN ('ended', 'waits') ORDER BY key");
    }

    @Test
    void anyNumberOfTransactionsMayKeepAJobAtOnce() throws SQLException {
        Enqueued kept = enqueue(WAITING);
        try (Connection one = database.connect();
                Connection other = database.connect()) {
            one.setAutoCommit(false);
            other.setAutoCommit(false);
            assertThat(queue.jobQueue()
                            .enqueue(one, queue.job().unique(WAITING))
                            .id())
                    .isEqualTo(kept.id());
            assertThat(queue.jobQueue()
                            .enqueue(other, queue.job().unique(WAITING))
                            .id())
                    .isEqualTo(kept.id());
            one.commit();
            assertThat(queue.claim(queue.worker(), 1))
                    .as("the other still wants it")
                    .isEmpty();
            other.commit();
        }
        assertThat(queue.claim(queue.worker(), 1)).hasSize(1);
    }

    @Test
    void aJobThatHasBeenDueForASecondAndIsHeldIsLetGoAndASecondIsMade() throws SQLException {
        Enqueued held = enqueue(WAITING);
        database.execute("UPDATE " + queue.table() + " SET enqueued_at = enqueued_at - interval '2 seconds',"
                + " eligible_at = eligible_at - interval '2 seconds'");
        try (Connection one = database.connect()) {
            one.setAutoCommit(false);
            assertThat(queue.jobQueue()
                            .enqueue(one, queue.job().unique(WAITING))
                            .id())
                    .as("nobody else holds it, so it can start in time")
                    .isEqualTo(held.id());

            Enqueued second = enqueue(WAITING);
            assertThat(second.created()).isTrue();
            assertKept(WAITING, second);
            assertThat(queue.claim(queue.worker(), 10))
                    .extracting(job -> job.attempt().jobId())
                    .containsExactly(second.id());
            one.commit();
        }
        assertThat(queue.claim(queue.worker(), 10))
                .extracting(job -> job.attempt().jobId())
                .containsExactly(held.id());
    }
}
