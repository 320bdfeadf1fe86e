package io.penstock.enqueue;

import static io.penstock.enqueue.Queues.mail;
import static io.penstock.testkit.TcpProxy.Cut.AFTER_COMMIT;
import static io.penstock.testkit.TcpProxy.Cut.BEFORE_COMMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.JobQueue;
import io.penstock.error.DatabaseUnavailableException;
import io.penstock.error.IndeterminateException;
import io.penstock.job.Enqueued;
import io.penstock.job.JobBatch;
import io.penstock.job.NewJob;
import io.penstock.job.Uniqueness;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.Recovery;
import io.penstock.testkit.TcpProxy;
import io.penstock.testkit.TcpProxy.Cut;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The answer to a COMMIT is lost: the jobs exist once, or the caller is told exactly what is not known. */
@PenstockDatabase.Fresh
class AmbiguousCommitTest {

    private static final String ENQUEUE = "penstock.enqueue";
    private static final Duration RESOLVED = Duration.ofSeconds(10);

    private final PenstockDatabase database;
    private final TcpProxy proxy;
    private final JobQueue queue;

    AmbiguousCommitTest(PenstockDatabase database) {
        this.database = database;
        Queues.declared(database);
        this.proxy = TcpProxy.before(database.dataSource());
        this.queue = JobQueue.on(proxy.dataSource(database.dataSource()));
    }

    @AfterEach
    void close() {
        proxy.close();
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionCutAroundTheCommitMakesTheJobOnce(Cut cut) throws SQLException {
        NewJob<Queues.Mail> job = mail();
        proxy.cut(ENQUEUE, cut);

        Recovery recovery = Recovery.from("F19 (" + cut + ")", RESOLVED);
        Enqueued enqueued = queue.enqueue(job);
        recovery.ended();

        assertThat(proxy.allCut()).isTrue();
        assertThat(enqueued.id()).isEqualTo(job.id());
        assertThat(enqueued.created()).isTrue();
        assertThat(Queues.rows(database, job.id())).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionCutAroundTheCommitMakesABatchOnceAndTellsOfItOnce(Cut cut) throws SQLException {
        List<Set<String>> heard = new ArrayList<>();
        queue.onCommit(heard::add);
        List<NewJob<Queues.Mail>> jobs = List.of(mail(), mail().queue("alpha"), mail().idempotencyKey("batch " + cut));
        proxy.cut(ENQUEUE, cut);

        List<Enqueued> enqueued = queue.enqueue(jobs);

        assertThat(proxy.allCut()).isTrue();
        assertThat(enqueued).allMatch(Enqueued::created);
        assertThat(heard).containsExactly(Set.of("mail", "alpha"));
        for (NewJob<Queues.Mail> job : jobs) {
            assertThat(Queues.rows(database, job.id())).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aJobWithAnIdempotencyKeyIsMadeOnceWhereverItsCommitIsCut(Cut cut) throws SQLException {
        NewJob<Queues.Mail> job = mail().idempotencyKey("twice " + cut);
        proxy.cut(ENQUEUE, BEFORE_COMMIT, cut);

        assertThat(queue.enqueue(job).created()).isTrue();

        assertThat(proxy.allCut()).isTrue();
        assertThat(Queues.rows(database, job.id())).isEqualTo(1);
        assertThat(queue.enqueue(job).created()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aUniqueJobIsReplacedOnceWhereverTheCommitIsCut(Cut cut) throws SQLException {
        Uniqueness unique = Uniqueness.whileWaiting("unique " + cut);
        Enqueued first = queue.enqueue(mail().unique(unique));
        proxy.cut(ENQUEUE, BEFORE_COMMIT, cut);

        Enqueued second =
                queue.enqueue(Queues.MAIL.with(new Queues.Mail("b@example.org")).unique(unique.replacingPayload()));

        assertThat(proxy.allCut()).isTrue();
        assertThat(second.created()).isFalse();
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(Queues.column(database, "live", "payload", first)).contains("b@example.org");
    }

    @ParameterizedTest
    @EnumSource
    void aBatchWithItsStepsIsOpenedOnceWhereverItsCommitIsCut(Cut cut) throws SQLException {
        NewJob<Queues.Mail> first = mail();
        NewJob<Queues.Mail> second = mail().queue("alpha");
        JobBatch batch = JobBatch.of(first, second).whenCompleted(mail());
        proxy.cut("penstock.open_batch", BEFORE_COMMIT, cut);

        assertThat(queue.enqueue(batch)).allMatch(Enqueued::created);

        assertThat(proxy.allCut()).isTrue();
        assertThat(Queues.rows(database, first.id())).isEqualTo(1);
        assertThat(Queues.rows(database, second.id())).isEqualTo(1);
        assertThat(queue.findBatch(batch.id()).orElseThrow().jobs()).isEqualTo(2);
    }

    @Test
    void aConnectionCutAtEveryTryIsReportedAndNothingExists() throws SQLException {
        NewJob<Queues.Mail> job = mail();
        proxy.cut(ENQUEUE, BEFORE_COMMIT, BEFORE_COMMIT, BEFORE_COMMIT);

        assertThatThrownBy(() -> queue.enqueue(job))
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining(job.id().toString())
                .hasMessageContaining("nothing was committed");
        assertThat(Queues.rows(database, job.id())).isZero();
    }

    @Test
    void aServerThatStaysAwayLeavesTheCallerWithTheIdsToAskFor() {
        List<NewJob<Queues.Mail>> jobs = List.of(mail().queue("beta"), mail());
        proxy.refuseAfterCut();
        proxy.cut(ENQUEUE, AFTER_COMMIT);

        IndeterminateException unknown = catchThrowableOfType(IndeterminateException.class, () -> queue.enqueue(jobs));

        assertThat(unknown).hasMessageContaining("the jobs exist all or none");
        assertThat(unknown.jobIds()).isEqualTo(jobs.stream().map(NewJob::id).toList());
        for (NewJob<Queues.Mail> job : jobs) {
            assertThat(database.jobQueue().find(job.id())).isPresent();
        }
    }

    @Test
    void aServerThatIsGoneBeforeTheFirstStatementIsReportedAtOnce() throws SQLException {
        proxy.refuseAfterCut();
        proxy.cut("", BEFORE_COMMIT);
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
