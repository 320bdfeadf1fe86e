package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.JobState;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class PromotionTest {

    /** Jobs that were enqueued in reverse order of due time and are all due now; answers them in due order. */
    private static List<UUID> due(PenstockDatabase database, QueueUnderTest queue, int count) throws SQLException {
        List<UUID> inDueOrder = new ArrayList<>();
        Instant later = Instant.now().plus(Duration.ofHours(1));
        for (int number = count; number > 0; number--) {
            inDueOrder.add(
                    0,
                    queue.jobQueue()
                            .enqueue(queue.job().runAt(later.plusSeconds(number)))
                            .id());
        }
        database.execute("UPDATE penstock.waiting SET due_at = due_at - interval '2 hours' WHERE queue_id = "
                + queue.leaf().queueId());
        return inDueOrder;
    }

    @Test
    void dueJobsGoToTheEndOfTheLineInDueOrder(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        List<UUID> inDueOrder = due(database, queue, 60);
        UUID ahead = queue.enqueue();

        assertThat(queue.promote(1_000)).isEqualTo(60);

        List<UUID> line = queue.claim(queue.worker(), 100).stream()
                .map(job -> job.attempt().jobId())
                .toList();
        assertThat(line.get(0)).isEqualTo(ahead);
        assertThat(line.subList(1, line.size())).isEqualTo(inDueOrder);
    }

    @Test
    void dueJobsOfSeveralQueuesKeepTheirOrderAndAreCounted(PenstockDatabase database) throws SQLException {
        QueueUnderTest one = new QueueUnderTest(database);
        QueueUnderTest two = new QueueUnderTest(database);
        List<UUID> ofOne = due(database, one, 20);
        List<UUID> ofTwo = due(database, two, 30);
        database.execute("ANALYZE penstock.queue; ANALYZE penstock.waiting");

        assertThat(one.promote(1_000)).isEqualTo(20);
        assertThat(two.promote(1_000)).isEqualTo(30);

        assertThat(one.claim(one.worker(), 100))
                .extracting(job -> job.attempt().jobId())
                .isEqualTo(ofOne);
        assertThat(two.claim(two.worker(), 100))
                .extracting(job -> job.attempt().jobId())
                .isEqualTo(ofTwo);
    }

    @Test
    void atMostTheNumberGivenIsPromotedEarliestFirst(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        List<UUID> inDueOrder = due(database, queue, 5);

        assertThat(queue.promote(2)).isEqualTo(2);

        assertThat(inDueOrder)
                .extracting(id -> queue.find(id).state())
                .containsExactly(
                        JobState.AVAILABLE,
                        JobState.AVAILABLE,
                        JobState.SCHEDULED,
                        JobState.SCHEDULED,
                        JobState.SCHEDULED);
        assertThat(queue.promote(10)).isEqualTo(3);
    }

    @Test
    void aParkedJobIsNotPromoted(PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        UUID id = due(database, queue, 1).get(0);
        database.execute(
                "UPDATE penstock.waiting SET state = 'parked', due_at = 'infinity', position = 1, concurrency_key = 'k' WHERE id = '"
                        + id + "'");

        assertThat(queue.promote(10)).isZero();
        assertThat(queue.find(id).state()).isEqualTo(JobState.PARKED);
    }
}
