package io.penstock.enqueue;

import static io.penstock.enqueue.Queues.mail;
import static io.penstock.testkit.FaultyDataSource.Cut.AFTER_COMMIT;
import static io.penstock.testkit.FaultyDataSource.Cut.BEFORE_COMMIT;
import static io.penstock.testkit.FaultyDataSource.Cut.NOWHERE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.JobQueue;
import io.penstock.error.DatabaseUnavailableException;
import io.penstock.error.IndeterminateException;
import io.penstock.job.Enqueued;
import io.penstock.job.NewJob;
import io.penstock.testkit.FaultyDataSource;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The answer to a COMMIT is lost: the jobs exist once, or the caller is told exactly what is not known. */
@PenstockDatabase.Fresh
class AmbiguousCommitTest {

    private static JobQueue on(PenstockDatabase database, FaultyDataSource faulty) {
        Queues.declared(database);
        return JobQueue.on(faulty.dataSource());
    }

    @Test
    void aConnectionCutBeforeTheCommitIsTriedAgainWithTheSameId(PenstockDatabase database) throws SQLException {
        FaultyDataSource faulty = new FaultyDataSource(database.dataSource());
        JobQueue queue = on(database, faulty);
        NewJob<Queues.Mail> job = mail();
        faulty.cut(BEFORE_COMMIT, NOWHERE, BEFORE_COMMIT);

        Enqueued enqueued = queue.enqueue(job);

        assertThat(enqueued.id()).isEqualTo(job.id());
        assertThat(enqueued.created()).isTrue();
        assertThat(Queues.rows(database, job.id())).isEqualTo(1);
    }

    @Test
    void aConnectionCutAfterTheCommitIsResolvedAsCommitted(PenstockDatabase database) throws SQLException {
        FaultyDataSource faulty = new FaultyDataSource(database.dataSource());
        JobQueue queue = on(database, faulty);
        List<Set<String>> heard = new ArrayList<>();
        queue.onCommit(heard::add);
        List<NewJob<Queues.Mail>> jobs =
                List.of(mail(), mail().queue("alpha"), mail().idempotencyKey("cut after the commit"));
        faulty.cut(AFTER_COMMIT);

        List<Enqueued> enqueued = queue.enqueue(jobs);

        assertThat(enqueued).allMatch(Enqueued::created);
        assertThat(heard).containsExactly(Set.of("mail", "alpha"));
        for (NewJob<Queues.Mail> job : jobs) {
            assertThat(Queues.rows(database, job.id())).isEqualTo(1);
        }
    }

    @Test
    void aJobWithAnIdempotencyKeyIsMadeOnceWhereverItsCommitIsCut(PenstockDatabase database) throws SQLException {
        FaultyDataSource faulty = new FaultyDataSource(database.dataSource());
        JobQueue queue = on(database, faulty);
        NewJob<Queues.Mail> job = mail().idempotencyKey("cut twice");
        faulty.cut(BEFORE_COMMIT, NOWHERE, AFTER_COMMIT);

        assertThat(queue.enqueue(job).created()).isTrue();

        assertThat(Queues.rows(database, job.id())).isEqualTo(1);
        assertThat(queue.enqueue(job).created()).isFalse();
    }

    @Test
    void aConnectionCutAtEveryTryIsReportedAndNothingExists(PenstockDatabase database) throws SQLException {
        FaultyDataSource faulty = new FaultyDataSource(database.dataSource());
        JobQueue queue = on(database, faulty);
        NewJob<Queues.Mail> job = mail();
        // each is followed by the transaction that asks what became of it
        faulty.cut(BEFORE_COMMIT, NOWHERE, BEFORE_COMMIT, NOWHERE, BEFORE_COMMIT, NOWHERE);

        assertThatThrownBy(() -> queue.enqueue(job))
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining(job.id().toString())
                .hasMessageContaining("nothing was committed");
        assertThat(Queues.rows(database, job.id())).isZero();
    }

    @Test
    void aServerThatStaysAwayLeavesTheCallerWithTheIdsToAskFor(PenstockDatabase database) throws SQLException {
        FaultyDataSource faulty = new FaultyDataSource(database.dataSource());
        JobQueue queue = on(database, faulty);
        List<NewJob<Queues.Mail>> jobs = List.of(mail().queue("beta"), mail());
        faulty.awayAfterCut();
        faulty.cut(AFTER_COMMIT);

        IndeterminateException unknown = catchThrowableOfType(IndeterminateException.class, () -> queue.enqueue(jobs));

        assertThat(unknown).hasMessageContaining("the jobs exist all or none");
        assertThat(unknown.jobIds()).isEqualTo(jobs.stream().map(NewJob::id).toList());
        for (NewJob<Queues.Mail> job : jobs) {
            assertThat(database.jobQueue().find(job.id())).isPresent();
        }
    }

    @Test
    void aServerThatIsGoneBeforeTheFirstStatementIsReportedAtOnce(PenstockDatabase database) throws SQLException {
        FaultyDataSource faulty = new FaultyDataSource(database.dataSource());
        JobQueue queue = on(database, faulty);
        faulty.cut(BEFORE_COMMIT);
        faulty.awayAfterCut();
        assertThatThrownBy(() -> queue.cancel(mail().id(), "cut"))
                .isInstanceOf(IndeterminateException.class)
                .hasMessageContaining("it took place as a whole or not at all");
        NewJob<Queues.Mail> job = mail();

        assertThatThrownBy(() -> queue.enqueue(job))
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining(job.id().toString())
                .hasMessageContaining("nothing was committed");
        assertThat(Queues.rows(database, job.id())).isZero();
    }
}
