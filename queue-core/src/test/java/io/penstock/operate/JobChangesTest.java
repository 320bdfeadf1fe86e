package io.penstock.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.penstock.error.RefusedException;
import io.penstock.job.Attempt;
import io.penstock.job.JobDetail;
import io.penstock.job.JobEdit;
import io.penstock.job.JobRow;
import io.penstock.job.JobState;
import io.penstock.job.Priority;
import io.penstock.store.ClaimedJob;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class JobChangesTest {

    private static final JobEdit ALL =
            new JobEdit("{\"text\": \"mended\"}", Map.of("ticket", "4711"), List.of("mended"), Priority.URGENT, 3);

    private static JobDetail now(OperatedQueue queue, UUID id) {
        List<JobDetail> generations = queue.jobs.generations(id);
        return generations.get(generations.size() - 1);
    }

    private static JobEdit payload(String json) {
        return new JobEdit(json, null, null, null, null);
    }

    private static void assertMended(JobDetail job) {
        assertThat(job.payload()).isEqualTo("{\"text\": \"mended\"}");
        assertThat(job.metadata()).isEqualTo("{\"ticket\": \"4711\"}");
        assertThat(job.row())
                .extracting(JobRow::tags, JobRow::priority, JobRow::maxAttempts)
                .containsExactly(List.of("mended"), Priority.URGENT, 3);
    }

    @Test
    void anAvailableJobIsEditedAndRunsWithTheChangesOnItsNewLevel(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        UUID id = queue.enqueue();
        long before = database.number("SELECT position FROM penstock.live WHERE id = '" + id + "'");

        assertThat(queue.jobs.edit(id, ALL)).isEqualTo(1);

        assertMended(now(queue, id));
        assertThat(database.number("SELECT position FROM penstock.live WHERE id = '" + id + "'"))
                .as("a level's floor may have passed the position that it had on another level")
                .isGreaterThan(before);
        ClaimedJob claimed = queue.claim(1).get(0);
        assertThat(claimed.payload()).isEqualTo("{\"text\": \"mended\"}");
        assertThat(queue.audited(id))
                .containsExactly("edit by ada {\"tags\": [\"mended\"], \"payload\": \"changed\", \"metadata\":"
                        + " \"changed\", \"priority\": 0, \"max_attempts\": 3}");
    }

    @Test
    void aScheduledJobIsEditedWhereItWaits(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        UUID id = queue.jobQueue.enqueue(queue.job().runIn(Duration.ofHours(1))).id();

        assertThat(queue.jobs.edit(id, ALL)).isEqualTo(1);

        assertMended(now(queue, id));
        assertThat(now(queue, id).row().state()).isEqualTo(JobState.SCHEDULED);
    }

    @Test
    void aDiscardedJobStaysAsItWasAndRunsAgainWithTheChanges(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        UUID id = queue.discarded("boom");

        assertThat(queue.jobs.edit(id, ALL)).isEqualTo(2);

        List<JobDetail> generations = queue.jobs.generations(id);
        assertThat(generations)
                .extracting(job -> job.row().state(), JobDetail::payload)
                .containsExactly(
                        tuple(JobState.DISCARDED, "{\"text\": \"text\"}"),
                        tuple(JobState.AVAILABLE, "{\"text\": \"mended\"}"));
        assertMended(generations.get(1));
        assertThat(queue.audited(id)).singleElement().asString().startsWith("edit and retry by ada ");
    }

    @Test
    void aRunningJobIsNeitherEditedNorDiscarded(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        UUID id = queue.running(queue.job()).jobId();

        assertThatThrownBy(() -> queue.jobs.edit(id, ALL))
                .isInstanceOf(RefusedException.class)
                .hasMessage("job " + id + ": expected one that does not run, was running its attempt 1; cancel it, or"
                        + " wait for its end");
        assertThatThrownBy(() -> queue.jobs.discard(id, "no use")).isInstanceOf(RefusedException.class);
        assertThat(queue.audited(id)).isEmpty();
    }

    @Test
    void aCompletedJobIsNotEditedAndAnUnknownOneIsToldSo(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        Attempt attempt = queue.running(queue.job());
        queue.complete(attempt);

        assertThatThrownBy(() -> queue.jobs.edit(attempt.jobId(), ALL))
                .hasMessageContaining("expected a job that has not been completed");
        assertThat(queue.jobs.edit(UUID.randomUUID(), ALL)).isZero();
    }

    @Test
    void aPayloadIsCheckedAsAnEnqueueChecksIt(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        UUID id = queue.enqueue();

        for (String bad : List.of("", "{", "{} {}", "{\"a\": \"\\u0000\"}", "\"" + "x".repeat(1 << 20) + "\"")) {
            assertThatThrownBy(() -> queue.jobs.edit(id, payload(bad)))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageStartingWith("payload");
        }
        assertThatThrownBy(() -> queue.jobs.edit(id, JobEdit.NONE)).hasMessageContaining("was nothing");
        assertThat(now(queue, id).payload()).isEqualTo("{\"text\": \"text\"}");
    }

    @Test
    void attemptsThatWereStartedAreNotTakenBack(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        UUID id = queue.enqueue();
        database.execute("UPDATE penstock.live SET attempt = 5, lease_token = 5 WHERE id = '" + id + "'");

        assertThatThrownBy(() -> queue.jobs.edit(id, new JobEdit(null, null, null, null, 5)))
                .hasMessageContaining("max attempts: expected more than the 5 that were started, was 5");
    }

    @Test
    void anAvailableAndAScheduledJobAreDiscarded(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        UUID scheduled =
                queue.jobQueue.enqueue(queue.job().runIn(Duration.ofHours(1))).id();
        for (UUID id : List.of(queue.enqueue(), scheduled)) {
            assertThat(queue.jobs.discard(id, "no use")).isTrue();
            assertThat(now(queue, id).row())
                    .extracting(JobRow::state, JobRow::reason)
                    .containsExactly(JobState.DISCARDED, "no use");
            assertThat(queue.jobs.discard(id, "again")).isFalse();
            assertThat(queue.audited(id)).containsExactly("discard by ada {\"reason\": \"no use\"}");
            assertThat(queue.jobs.retry(id)).isEqualTo(2);
        }
    }

    @Test
    void anEditThatMeetsAClaimComesTooLateAndChangesNothing(PenstockDatabase database) throws Exception {
        OperatedQueue queue = new OperatedQueue(database);
        UUID id = queue.enqueue();
        ExecutorService operator = Executors.newSingleThreadExecutor();
        try (Connection claiming = database.connect()) {
            claiming.setAutoCommit(false);
            // what a claim does to the row, not yet committed
            try (Statement statement = claiming.createStatement()) {
                statement.execute("UPDATE penstock.live_q" + queue.leaf.queueId()
                        + "_s0 SET state = 'running', worker_id = 1, claimed_at = now(), attempt = 1, lease_token = 1"
                        + " WHERE id = '" + id + "'");
            }
            Future<?> edit = operator.submit(() -> queue.jobs.edit(id, ALL));
            awaitBlocked(database);
            claiming.commit();

            assertThatThrownBy(edit::get).hasRootCauseInstanceOf(RefusedException.class);
        } finally {
            operator.shutdown();
        }
        assertThat(now(queue, id).payload()).isEqualTo("{\"text\": \"text\"}");
        assertThat(queue.audited(id)).isEmpty();
    }

    @Test
    void eachJobIsClaimedOrEndedByItsOperatorAndNeverBoth(PenstockDatabase database) throws Exception {
        OperatedQueue queue = new OperatedQueue(database);
        List<UUID> ids = Stream.generate(queue::enqueue).limit(60).toList();
        ExecutorService worker = Executors.newSingleThreadExecutor();
        int ended = 0;
        try {
            Future<Integer> claimed = worker.submit(() -> {
                int all = 0;
                for (int round = 0; round < 30; round++) {
                    all += queue.claim(2).size();
                }
                return all;
            });
            for (int index = ids.size() - 1; index >= 0; index--) {
                try {
                    ended += queue.jobs.discard(ids.get(index), "raced") ? 1 : 0;
                } catch (RefusedException runs) {
                    assertThat(runs.getMessage()).contains("was running");
                }
            }
            assertThat(claimed.get() + ended).isEqualTo(ids.size());
        } finally {
            worker.shutdown();
        }
        assertThat(database.number("SELECT count(*) FROM penstock.finished WHERE reason = 'raced'"))
                .isEqualTo(ended);
    }

    @Test
    void aServicesOwnChangesAreNotAudited(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        UUID id = queue.enqueue();
        assertThat(queue.jobQueue.cancel(id, "not wanted")).isTrue();
        assertThat(queue.audited(id)).isEmpty();
    }

    private static void awaitBlocked(PenstockDatabase database) throws SQLException {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (database.number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND wait_event_type = 'Lock'")
                == 0) {
            assertThat(System.nanoTime()).as("the edit waits for the claim").isLessThan(deadline);
        }
    }
}
