package io.penstock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.JobQueue;
import io.penstock.error.DatabaseUnavailableException;
import io.penstock.faults.Work.Act;
import io.penstock.job.JobState;
import io.penstock.job.Outcome;
import io.penstock.observe.WorkerEvent.DatabaseLost;
import io.penstock.observe.WorkerEvent.WorkerFenced;
import io.penstock.testkit.Recovery;
import io.penstock.testkit.TcpProxy;
import io.penstock.testkit.TcpProxy.Mode;
import io.penstock.transaction.TransactionLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** F41, F42: the network is silent, deaf on one side, slow, or clogged here and there. */
class NetworkFaultsTest {

    private static final Duration NETWORK = TransactionLimits.DEFAULT.network();
    private static final Duration BACK = NETWORK.plusSeconds(2);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final long LINKS = 3;
    private static final long SEED = 41;

    @TempDir
    private Path directory;

    private Trial trial;
    private TcpProxy proxy;

    @BeforeEach
    void begin() throws Exception {
        trial = Trial.begin(directory);
        proxy = TcpProxy.before(trial.dataSource);
    }

    @AfterEach
    void close() throws Exception {
        proxy.close();
        trial.close();
    }

    @Test
    void aLoginThatIsNotAnsweredIsGivenUp() throws Exception {
        trial.start(trial.worker("silent", proxy.dataSource(trial.dataSource)));
        trial.awaitState(trial.enqueue(Act.QUICK, 0), JobState.COMPLETED);
        JobQueue behind = JobQueue.on(proxy.dataSource(trial.dataSource));
        proxy.mode(Mode.BLACK_HOLE);
        proxy.cutAll();
        Recovery ofCaller = Recovery.from("F41 (login of a caller)", NETWORK);
        assertThatThrownBy(() -> behind.enqueue(Work.TYPE.with(Work.of(Act.QUICK))))
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining("nothing was committed");
        ofCaller.ended();
        assertThat(trial.count(DatabaseLost.class)).isEqualTo(LINKS);
        UUID job = trial.enqueue(Act.QUICK, 0);
        Recovery recovery = Recovery.from("F41 (black hole)", BACK);
        proxy.mode(Mode.PASS);
        trial.awaitState(job, JobState.COMPLETED);
        recovery.ended();
        trial.verify();
    }

    @Test
    void whatArrivedAndWasNotAnsweredIsNotDoneAgain() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        trial.start(trial.worker("deaf", proxy.dataSource(trial.dataSource), context -> {
            if (context.payload().act() == Act.HOLD) {
                release.await();
            }
            return Outcome.completed();
        }));
        UUID done = trial.enqueue(Act.HOLD, 0);
        trial.awaitState(done, JobState.RUNNING);
        proxy.mode(Mode.DEAF);
        release.countDown();
        trial.await("every part has noticed", () -> trial.count(DatabaseLost.class) == LINKS);
        UUID next = trial.enqueue(Act.QUICK, 0);
        Recovery recovery = Recovery.from("F41 (half-open)", BACK);
        proxy.mode(Mode.PASS);
        trial.awaitState(next, JobState.COMPLETED);
        trial.awaitState(done, JobState.COMPLETED);
        recovery.ended();
        assertThat(trial.attempts(done)).isEqualTo(1);
        trial.verify();
    }

    @Test
    void aNetworkThatTakesHalfASecondLosesNothing() throws Exception {
        trial.start(trial.worker("slow", proxy.dataSource(trial.dataSource)));
        trial.awaitState(trial.enqueue(Act.QUICK, 0), JobState.COMPLETED);
        proxy.delay(Duration.ofMillis(250)); // each way
        long start = System.nanoTime();
        List<UUID> jobs = new ArrayList<>();
        for (int job = 0; job < 3; job++) {
            jobs.add(trial.enqueue(Act.QUICK, 0));
        }
        jobs.forEach(job -> trial.awaitState(job, JobState.COMPLETED));
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        Recovery.measured("F41 (500 ms latency)", "let three jobs take", took, Duration.ofSeconds(15));
        assertThat(trial.count(DatabaseLost.class)).isZero();
        assertThat(trial.fenced()).isEmpty();
        proxy.delay(Duration.ZERO);
        trial.verify();
    }

    /** Three workers, each behind a network of its own; they are clogged one by one, and let go in another order. */
    @Test
    void workersThatAreCloggedInTurnLoseNothing() throws Exception {
        Random random = new Random(SEED);
        List<TcpProxy> networks = new ArrayList<>();
        try {
            for (int worker = 0; worker < 3; worker++) {
                TcpProxy network = TcpProxy.before(trial.dataSource);
                networks.add(network);
                trial.start(trial.worker("swizzled-" + worker, network.dataSource(trial.dataSource)));
            }
            for (int round = 0; round < 3; round++) {
                for (TcpProxy network : shuffled(networks, random)) {
                    enqueueSome();
                    network.mode(Mode.BLACK_HOLE);
                }
                enqueueSome();
                Recovery recovery = Recovery.from("F41 (swizzle)", BACK);
                for (TcpProxy network : shuffled(networks, random)) {
                    network.mode(Mode.PASS);
                }
                trial.awaitAllEnded();
                recovery.ended();
            }
            trial.verify();
        } finally {
            networks.forEach(TcpProxy::close);
        }
    }

    private void enqueueSome() {
        for (int job = 0; job < 30; job++) {
            trial.enqueue(Act.QUICK, job % 4);
        }
    }

    private static List<TcpProxy> shuffled(List<TcpProxy> networks, Random random) {
        List<TcpProxy> shuffled = new ArrayList<>(networks);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    @Test
    void aListenerThatHearsNothingAnyMoreLosesNoTimeButThatOfALook() throws Exception {
        trial.start(trial.worker("listening", proxy.dataSource(trial.dataSource)));
        trial.await("all queues sleep", () -> trial.number("SELECT count(*) FROM penstock.sleeper") == 4);
        proxy.mode(Mode.DEAF_LISTENERS);
        while (trial.count(DatabaseLost.class) == 0) {
            trial.awaitState(trial.enqueue(Act.QUICK, 0), JobState.COMPLETED);
        }
        proxy.mode(Mode.PASS);
        Recovery.measured("F42", "let jobs wait for", trial.longestWait(), LOOK);
        assertThat(trial.count(WorkerFenced.class)).isZero();
        trial.verify();
    }
}
