package io.penstock.enqueue;

import static io.penstock.enqueue.Queues.column;
import static io.penstock.enqueue.Queues.mail;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.JobQueue;
import io.penstock.error.RefusedException;
import io.penstock.job.Enqueued;
import io.penstock.job.JobState;
import io.penstock.job.NewJob;
import io.penstock.job.Priority;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class EnqueueTest {

    @Test
    void aJobHasTheDefaultsThatItsTypeSays(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);
        NewJob<Queues.Mail> job = mail();

        Enqueued enqueued = queue.enqueue(job);

        assertThat(enqueued.id()).isEqualTo(job.id());
        assertThat(enqueued.created()).isTrue();
        assertThat(column(database, "live", "(type, priority, max_attempts, attempt, generation, state)", enqueued))
                .isEqualTo("(mail,2,20,0,1,available)");
        assertThat(column(database, "live", "(concurrency_key, idempotency_key, tags, metadata, failures)", enqueued))
                .isEqualTo("(,,{},{},[])");
        assertThat(column(database, "live", "payload", enqueued)).isEqualTo("{\"to\": \"a@example.org\"}");
        assertThat(queue.find(job.id()))
                .get()
                .satisfies(found -> assertThat(found.eligibleAt()).isEqualTo(enqueued.eligibleAt()));
    }

    @Test
    void everyDetailIsStored(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);

        Enqueued enqueued = queue.enqueue(mail().queue("alpha")
                .priority(Priority.URGENT)
                .maxAttempts(3)
                .concurrencyKey("tenant \"7\"")
                .idempotencyKey("order-1")
                .tags("a,b", "ü\\")
                .metadata("trace", "00-ab")
                .metadata("emoji", "\uD83D\uDE00"));

        assertThat(column(database, "live", "(priority, max_attempts)", enqueued))
                .isEqualTo("(0,3)");
        assertThat(column(database, "live", "concurrency_key", enqueued)).isEqualTo("tenant \"7\"");
        assertThat(column(database, "live", "idempotency_key", enqueued)).isEqualTo("order-1");
        assertThat(column(database, "live", "to_json(tags)", enqueued)).isEqualTo("[\"a,b\",\"ü\\\\\"]");
        assertThat(column(database, "live", "metadata", enqueued))
                .isEqualTo("{\"emoji\": \"\uD83D\uDE00\", \"trace\": \"00-ab\"}");
        assertThat(queue.find(enqueued.id()))
                .get()
                .satisfies(job -> assertThat(job.queue()).isEqualTo("alpha"));
    }

    @Test
    void aJobForLaterWaitsAndOneForThePastDoesNot(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);
        Instant later = Instant.parse("2100-01-01T00:00:00.123456Z");

        Enqueued scheduled = queue.enqueue(mail().runAt(later));
        Enqueued soon = queue.enqueue(mail().runIn(Duration.ofHours(1)));
        Enqueued past = queue.enqueue(mail().runAt(Instant.EPOCH));

        assertThat(scheduled.eligibleAt()).isEqualTo(later);
        assertThat(queue.find(scheduled.id()))
                .get()
                .satisfies(job -> assertThat(job.state()).isEqualTo(JobState.SCHEDULED));
        assertThat(queue.find(soon.id()))
                .get()
                .satisfies(job -> assertThat(job.state()).isEqualTo(JobState.SCHEDULED));
        assertThat(queue.find(past.id()))
                .get()
                .satisfies(job -> assertThat(job.state()).isEqualTo(JobState.AVAILABLE));
        assertThat(column(database, "waiting", "(eligible_at - enqueued_at = interval '1 hour')", soon))
                .as("counted by the database's clock")
                .isEqualTo("true");
        assertThat(past.eligibleAt()).as("never before it was enqueued").isAfter(Instant.parse("2020-01-01T00:00:00Z"));
        assertThat(column(database, "waiting", "(due_at = eligible_at)", scheduled))
                .isEqualTo("true");
    }

    @Test
    void theResultsOfABatchOverSeveralQueuesAreInTheOrderOfTheCall(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);
        List<NewJob<Queues.Mail>> jobs = new ArrayList<>();
        for (int number = 0; number < 30; number++) {
            NewJob<Queues.Mail> job =
                    mail().queue(List.of("gamma", "alpha", "beta").get(number * 7 % 3));
            jobs.add(number % 4 == 0 ? job.runIn(Duration.ofHours(1)) : job);
        }

        List<Enqueued> enqueued = queue.enqueue(jobs);

        assertThat(enqueued)
                .extracting(Enqueued::id)
                .isEqualTo(jobs.stream().map(NewJob::id).toList());
        for (NewJob<Queues.Mail> job : jobs) {
            assertThat(queue.find(job.id()))
                    .get()
                    .satisfies(found -> assertThat(found.queue()).isEqualTo(job.queue()));
        }
    }

    @Test
    void tenThousandJobsAreOneCallAndOneMoreIsRefused(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);
        List<NewJob<Queues.Mail>> jobs = new ArrayList<>();
        for (int number = 0; number < 10_000; number++) {
            jobs.add(mail().queue("beta").priority(Priority.LOW));
        }
        long before = Queues.jobs(database);

        Set<UUID> ids = new HashSet<>();
        queue.enqueue(jobs).forEach(enqueued -> ids.add(enqueued.id()));

        assertThat(ids).hasSize(10_000);
        assertThat(Queues.jobs(database)).isEqualTo(before + 10_000);
        jobs.add(mail());
        assertThatThrownBy(() -> queue.enqueue(jobs))
                .isInstanceOf(RefusedException.class)
                .hasMessage("jobs of one call: expected 1 to 10000, was 10001");
        assertThat(Queues.jobs(database)).isEqualTo(before + 10_000);
    }

    @Test
    void positionsFollowTheOrderOfABatch(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);
        List<NewJob<Queues.Mail>> jobs = new ArrayList<>();
        for (int number = 0; number < 200; number++) {
            jobs.add(mail().queue("gamma").tags("ordered"));
        }
        queue.enqueue(jobs);

        assertThat(database.query("SELECT id FROM penstock.live WHERE tags = '{ordered}' ORDER BY position"))
                .isEqualTo(jobs.stream().map(job -> job.id().toString()).toList());
    }

    @Test
    void aJobIdUsedTwiceIsRefused(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);
        NewJob<Queues.Mail> live = mail();
        NewJob<Queues.Mail> waiting = mail().runIn(Duration.ofHours(1));
        queue.enqueue(List.of(live, waiting));

        for (NewJob<Queues.Mail> job : List.of(live, waiting)) {
            assertThatThrownBy(() -> queue.enqueue(job))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining(job.id().toString())
                    .hasMessageContaining("duplicate key");
            assertThat(Queues.rows(database, job.id())).isEqualTo(1);
        }
    }

    @Test
    void theCommitListenerHearsOfQueuesAfterTheCommit(PenstockDatabase database) {
        JobQueue queue = Queues.declared(database);
        List<Set<String>> heard = new ArrayList<>();
        NewJob<Queues.Mail> job = mail();
        queue.onCommit(queues -> {
            assertThat(queue.find(job.id())).isPresent();
            heard.add(queues);
        });

        queue.enqueue(List.of(job, mail().queue("alpha")));

        assertThat(heard).containsExactly(Set.of("mail", "alpha"));
    }
}
