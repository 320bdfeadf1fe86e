package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.handler.HandlerOptions;
import io.penstock.handler.JobHandler;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobState;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.job.RetryPolicy;
import io.penstock.observe.WorkerEvent;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.Recovery;
import io.penstock.testkit.TcpProxy;
import io.penstock.testkit.TcpProxy.Cut;
import io.penstock.testkit.TcpProxy.Mode;
import io.penstock.transaction.TransactionLimits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The network between a worker and its server fails, at the moments at which that is worst. */
@PenstockDatabase.Fresh
class CutConnectionTest {

    private static final Duration ORPHANS = Duration.ofSeconds(4);
    private static final Duration READ_AGAIN = Duration.ofSeconds(1);
    private static final Duration BACK = TransactionLimits.DEFAULT.network().plusSeconds(2);
    private static final String CLAIM = "SET state = 'running'";
    private static final String COMPLETION = "INSERT INTO penstock.finished";
    private static final String COMPLETION_IN_TRANSACTION = "INSERT INTO cut_effect";

    private final PenstockDatabase database;
    private final Scene scene;
    private final TcpProxy proxy;
    private final DataSource proxied;
    private final AtomicInteger started = new AtomicInteger();

    CutConnectionTest(PenstockDatabase database) throws SQLException {
        this.database = database;
        this.scene = new Scene(database);
        this.proxy = TcpProxy.before(database.dataSource());
        this.proxied = proxy.dataSource(database.dataSource());
        database.execute("CREATE TABLE IF NOT EXISTS cut_effect (job_id uuid NOT NULL)");
    }

    @AfterEach
    void close() {
        proxy.close();
    }

    private WorkerBuilder worker() {
        return worker(context -> {
            started.incrementAndGet();
            return Outcome.completed();
        });
    }

    private WorkerBuilder worker(JobHandler<Scene.Item> handler) {
        return Worker.on(JobQueue.on(proxied))
                .name("cut")
                .queue(new QueueDefinition(scene.type.queue(), ConcurrencyBudget.spare(4)))
                .listener(scene.events::add)
                .handle(
                        scene.type,
                        handler,
                        HandlerOptions.DEFAULT.retryPolicy(
                                RetryPolicy.exponential(Duration.ofMillis(20), Duration.ofMillis(20))));
    }

    /** The worker has three connections here: heart-beat, maintenance and one lane. */
    private void awaitAll(Class<? extends WorkerEvent> event) {
        Awaitility.await(event.getSimpleName()).atMost(Duration.ofSeconds(60)).until(() -> scene.count(event) == 3);
    }

    private long completions(UUID id) throws SQLException {
        return database.number(
                "SELECT count(*) FROM penstock.finished WHERE state = 'completed' AND id = '" + id + "'");
    }

    @ParameterizedTest
    @EnumSource
    void aClaimCutAroundItsCommitIsRunOnce(Cut cut) throws Exception {
        UUID id = scene.enqueue(1);
        proxy.cut(CLAIM, cut);
        try (Worker worker = worker().start()) {
            Recovery recovery = Recovery.from("F20 (" + cut + ")", ORPHANS);
            scene.awaitState(id, JobState.COMPLETED);
            recovery.ended();
        }
        assertThat(proxy.allCut()).isTrue();
        assertThat(started).hasValue(1); // what nobody heard of was not started
        assertThat(completions(id)).isEqualTo(1);
        assertThat(scene.jobQueue.find(id).orElseThrow().attempts()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aCompletionCutAroundItsCommitIsReadAgainAndWrittenOnce(Cut cut) throws Exception {
        proxy.cut(COMPLETION, cut);
        UUID id;
        try (Worker worker = worker().start()) {
            id = scene.enqueue(1);
            Recovery recovery = Recovery.from("F21 (" + cut + ")", READ_AGAIN);
            scene.awaitEvent(WorkerEvent.AttemptEnded.class);
            recovery.ended();
        }
        assertThat(proxy.allCut()).isTrue();
        assertThat(started).hasValue(1);
        assertThat(completions(id)).isEqualTo(1);
        assertThat(scene.count(WorkerEvent.AttemptEnded.class)).isEqualTo(1);
        assertThat(scene.count(WorkerEvent.StaleEndingRefused.class)).isZero();
        assertThat(scene.jobQueue.find(id).orElseThrow().attempts()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aCompletionInTheHandlersOwnTransactionHasItsEffectOnceWhereverItsCommitIsCut(Cut cut) throws Exception {
        UUID id = scene.enqueue(1);
        proxy.cut(COMPLETION_IN_TRANSACTION, cut);
        try (Worker worker = worker(context -> {
                    try (Connection connection = proxied.getConnection();
                            PreparedStatement effect =
                                    connection.prepareStatement("INSERT INTO cut_effect VALUES (?)")) {
                        connection.setAutoCommit(false);
                        effect.setObject(1, context.attempt().jobId());
                        effect.executeUpdate();
                        context.complete(connection);
                        connection.commit();
                    }
                    return Outcome.completed();
                })
                .start()) {
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> completions(id) == 1);
        }
        assertThat(proxy.allCut()).isTrue();
        assertThat(completions(id)).isEqualTo(1);
        assertThat(database.number("SELECT count(*) FROM cut_effect WHERE job_id = '" + id + "'"))
                .isEqualTo(1);
    }

    @Test
    void connectionsThatAreResetAndThenRefusedAreOpenedAgain() throws Exception {
        try (Worker worker = worker().start()) {
            scene.awaitState(scene.enqueue(1), JobState.COMPLETED);
            proxy.mode(Mode.RESET);
            awaitAll(WorkerEvent.DatabaseLost.class);
            proxy.mode(Mode.REFUSE);
            UUID id = scene.enqueue(2);
            Recovery recovery = Recovery.from("F41 (reset, refused)", BACK);
            proxy.mode(Mode.PASS);
            scene.awaitState(id, JobState.COMPLETED);
            awaitAll(WorkerEvent.DatabaseBack.class);
            recovery.ended();
            assertThat(scene.count(WorkerEvent.DatabaseLost.class)).isEqualTo(3);
        }
    }

    @Test
    void aSlowNetworkMakesNothingFail() throws Exception {
        proxy.delay(Duration.ofMillis(4));
        try (Worker worker = worker().start()) {
            scene.awaitState(scene.enqueue(1), JobState.COMPLETED);
        }
        assertThat(scene.count(WorkerEvent.DatabaseLost.class)).isZero();
    }

    /** Takes as long as the network time-out of a transaction. */
    @Test
    void aNetworkThatSwallowsEverythingIsGivenUpByTheWorkerItself() throws Exception {
        try (Worker worker = worker().start()) {
            scene.awaitState(scene.enqueue(1), JobState.COMPLETED);
            proxy.mode(Mode.BLACK_HOLE);
            awaitAll(WorkerEvent.DatabaseLost.class);
            Recovery recovery = Recovery.from("F41 (swallowed)", BACK);
            proxy.mode(Mode.PASS);
            scene.awaitState(scene.enqueue(2), JobState.COMPLETED);
            recovery.ended();
        }
    }
}
