package io.penstock.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.penstock.error.RefusedException;
import io.penstock.job.Attempt;
import io.penstock.job.JobFilter;
import io.penstock.job.JobRow;
import io.penstock.job.JobState;
import io.penstock.operate.FailureGroups.Group;
import io.penstock.testkit.Login;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class JobSearchTest {

    private static List<UUID> found(OperatedQueue queue, String filter) {
        SearchResult result = queue.jobs.search(FilterText.parse("queue=" + queue.name + "," + filter), 100);
        assertThat(result.partial()).isNull();
        return result.jobs().stream().map(JobRow::id).toList();
    }

    @Test
    void eachConditionFindsItsJobsInEveryRoom(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        Attempt running = queue.running(queue.job("other").tags("a", "b"));
        UUID discarded = queue.discarded("Connection to host 17 timed out");
        Attempt completed = queue.running(queue.job().concurrencyKey("acme"));
        queue.complete(completed);
        UUID available = queue.jobQueue
                .enqueue(queue.job().idempotencyKey("once").tags("b"))
                .id();
        UUID scheduled = queue.jobQueue
                .enqueue(queue.job().concurrencyKey("acme").runIn(Duration.ofHours(1)))
                .id();
        UUID cancelled = queue.enqueue();
        queue.jobs.cancel(cancelled, "not wanted");

        assertThat(found(queue, "type=other")).containsExactly(running.jobId());
        assertThat(found(queue, "type=other|note")).hasSize(6);
        assertThat(found(queue, "state=running")).containsExactly(running.jobId());
        assertThat(found(queue, "state=discarded")).containsExactly(discarded);
        assertThat(found(queue, "state=completed|cancelled")).containsExactlyInAnyOrder(completed.jobId(), cancelled);
        assertThat(found(queue, "state=scheduled")).containsExactly(scheduled);
        assertThat(found(queue, "key=acme")).containsExactlyInAnyOrder(scheduled, completed.jobId());
        assertThat(found(queue, "tag=b")).containsExactlyInAnyOrder(running.jobId(), available);
        assertThat(found(queue, "tag=b,tag=a")).containsExactly(running.jobId());
        assertThat(found(queue, "idempotency=once")).containsExactly(available);
        assertThat(found(queue, "error~TIMED out")).containsExactly(discarded);
        assertThat(found(queue, "error~not wanted")).containsExactly(cancelled);
        assertThat(found(queue, "age>1h")).isEmpty();
        assertThat(found(queue, "age<1h")).hasSize(6);
        assertThat(found(queue, "type=none")).isEmpty();
        assertThatThrownBy(() -> queue.jobs.search(JobFilter.ALL.inQueue("none"), 1))
                .isInstanceOf(RefusedException.class)
                .hasMessage("queue \"none\": expected an existing queue, was none");
    }

    @Test
    void aLongQueueIsGoneThroughPageByPageAndALimitIsSaid(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        queue.jobQueue.enqueue(Stream.generate(queue::job).limit(4_500).toList());
        UUID last = queue.jobQueue.enqueue(queue.job("needle")).id();
        queue.jobQueue.enqueue(Stream.generate(() -> queue.job().runIn(Duration.ofHours(1)))
                .limit(2_500)
                .toList());
        UUID later = queue.jobQueue
                .enqueue(queue.job("needle").runIn(Duration.ofHours(2)))
                .id();

        assertThat(found(queue, "type=needle")).containsExactly(last, later);
        SearchResult some = queue.jobs.search(JobFilter.ALL.inQueue(queue.name), 10);
        assertThat(some.jobs()).hasSize(10);
        assertThat(some.partial()).isEqualTo("the first 10 are shown, there are more");
    }

    @Test
    void aSearchStopsInALongQueueSaysSoAndGoesOnWithTheOthers(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        database.execute("INSERT INTO penstock.live_q" + queue.leaf.queueId()
                + "_s0 (id, position, enqueued_at, eligible_at, queue_id, max_attempts, segment, priority, type, payload)"
                + " SELECT gen_random_uuid(), n, now(), now(), " + queue.leaf.queueId()
                + ", 20, 0, 2, 'note', '{}' FROM generate_series(1, 150000) AS n");

        OperatedQueue next = new OperatedQueue(database);
        UUID needle = next.jobQueue.enqueue(next.job("needle")).id();
        assertThat(queue.jobs
                        .search(FilterText.parse("type=needle,state=available"), 10)
                        .jobs())
                .extracting(JobRow::id)
                .contains(needle);

        SearchResult none = queue.jobs.search(FilterText.parse("queue=" + queue.name + ",type=needle"), 10);

        assertThat(none.jobs()).isEmpty();
        assertThat(none.examined()).isBetween(20_000L, 22_000L);
        assertThat(none.partial()).startsWith("looked at ").endsWith(" jobs, and to the end of no long queue");
    }

    @Test
    void aBusinessKeyIsTracedAcrossRoomsQueuesAndGenerations(PenstockDatabase database) throws SQLException {
        OperatedQueue one = new OperatedQueue(database);
        OperatedQueue other = new OperatedQueue(database);
        Attempt first = one.running(one.job().concurrencyKey("customer-1"));
        one.discard(first, "E", "boom");
        one.jobs.retry(first.jobId());
        UUID tagged = other.jobQueue.enqueue(other.job().tags("customer-1")).id();
        UUID keyed = other.jobQueue
                .enqueue(other.job().idempotencyKey("customer-1").runIn(Duration.ofHours(1)))
                .id();
        other.enqueue();

        assertThat(one.jobs.trace("customer-1").jobs())
                .extracting(job -> job.id() + " " + job.generation() + " " + job.state())
                .containsExactly(
                        first.jobId() + " 1 DISCARDED",
                        first.jobId() + " 2 AVAILABLE",
                        tagged + " 1 AVAILABLE",
                        keyed + " 1 SCHEDULED");
        assertThat(one.jobs.trace("customer-2").jobs()).isEmpty();
    }

    @Test
    void failuresAreGroupedByFingerprintAndTheFingerprintIsAFilter(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        queue.discarded("user 1 not found");
        UUID second = queue.discarded("user 22 not found");
        UUID refused = queue.discarded("connection refused");
        UUID byHand = queue.enqueue();
        queue.jobs.discard(byHand, "no use");

        FailureGroups groups = queue.jobs.groups(JobFilter.ALL.inQueue(queue.name));

        assertThat(groups.groups())
                .extracting(Group::jobs, Group::error, Group::message, Group::newest)
                .containsExactlyInAnyOrder(
                        tuple(2, "java.io.IOException", "user 22 not found", second),
                        tuple(1, "java.io.IOException", "connection refused", refused),
                        tuple(1, null, "no use", byHand));
        Group largest = groups.groups().get(0);
        assertThat(largest.types()).isEqualTo(Set.of("note"));
        assertThat(found(queue, "fingerprint=" + largest.fingerprint()))
                .hasSize(2)
                .contains(second);
        assertThat(queue.jobs
                        .search(FilterText.parse("state=discarded,fingerprint=" + largest.fingerprint()), 100)
                        .jobs())
                .hasSize(2);
    }

    @Test
    void aReaderSearchesShowsTracesAndGroups(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        UUID id = queue.discarded("boom");
        queue.jobQueue.enqueue(queue.job().tags("for-reader"));
        try (Login login = Login.in(database, "penstock_reader")) {
            JobOperations jobs = JobOperations.on(login.dataSource(), null);

            assertThat(jobs.search(JobFilter.ALL.inQueue(queue.name), 10).jobs())
                    .hasSize(2);
            assertThat(jobs.generations(id)).hasSize(1);
            assertThat(jobs.trace("for-reader").jobs()).hasSize(1);
            assertThat(jobs.groups(JobFilter.ALL.inQueue(queue.name).inStates(Set.of(JobState.DISCARDED)))
                            .groups())
                    .hasSize(1);
            assertThatThrownBy(() -> jobs.retry(id)).hasMessageContaining("permission denied");
        }
    }
}
