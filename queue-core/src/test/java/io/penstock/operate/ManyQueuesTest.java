package io.penstock.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.job.JobState;
import io.penstock.job.JobType;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two hundred queues are six hundred tables: a job is looked for without one statement that names them all. */
@PenstockDatabase.Fresh
class ManyQueuesTest {

    record Nothing() {}

    private static final Logger log = LoggerFactory.getLogger(ManyQueuesTest.class);
    private static final int QUEUES = 200;
    private static final int CALLERS = 16;
    private static final JobType<Nothing> TYPE = JobType.of("nothing", Nothing.class);
    private static final List<UUID> JOBS = Collections.synchronizedList(new ArrayList<>());

    @BeforeAll
    static void makeQueues(PenstockDatabase database) {
        JobQueue jobQueue = database.jobQueue();
        for (int number = 0; number < QUEUES; number++) {
            String name = "many-" + number;
            jobQueue.declare(QueueDefinition.of(name, 0, 1, 1));
            JOBS.add(jobQueue.enqueue(TYPE.onQueue(name).with(new Nothing())).id());
        }
    }

    /** Sixteen callers at once, each as often as said; answers each call's milliseconds, in order of length. */
    private static double[] atOnce(int times, Callable<?> call) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        CyclicBarrier start = new CyclicBarrier(CALLERS);
        try {
            List<Future<double[]>> running = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                running.add(callers.submit(() -> {
                    start.await();
                    double[] lengths = new double[times];
                    for (int time = 0; time < times; time++) {
                        long begun = System.nanoTime();
                        call.call();
                        lengths[time] = (System.nanoTime() - begun) / 1e6;
                    }
                    return lengths;
                }));
            }
            double[] all = new double[0];
            for (Future<double[]> one : running) {
                double[] lengths = one.get();
                all = Arrays.copyOf(all, all.length + lengths.length);
                System.arraycopy(lengths, 0, all, all.length - lengths.length, lengths.length);
            }
            Arrays.sort(all);
            return all;
        } finally {
            callers.shutdown();
        }
    }

    private static void tell(String what, double[] lengths) {
        log.info(
                "{}: median {} ms, longest {} ms",
                what,
                Math.round(lengths[lengths.length / 2]),
                Math.round(lengths[lengths.length - 1]));
    }

    @Test
    void sixteenCallersAtOnceFindAJobOfTheLastQueue(PenstockDatabase database) throws Exception {
        JobQueue jobQueue = database.jobQueue();
        UUID last = JOBS.get(QUEUES - 1);

        double[] lengths = atOnce(3, () -> {
            assertThat(jobQueue.find(last).orElseThrow().queue()).isEqualTo("many-199");
            return last;
        });

        tell("find, each call with a connection of its own", lengths);
        assertThat(jobQueue.find(UUID.randomUUID())).isEmpty();
    }

    @Test
    void sixteenCallersWithConnectionsThatTheyKeepFindAJobOfTheLastQueue(PenstockDatabase database) throws Exception {
        UUID last = JOBS.get(QUEUES - 1);
        try (KeptConnections kept = new KeptConnections(database.dataSource())) {
            JobQueue jobQueue = JobQueue.on(kept);
            double[] lengths = atOnce(10, () -> jobQueue.find(last).orElseThrow());
            tell("find, with connections that are kept", lengths);
        }
    }

    @Test
    void sixteenCallersAtOnceAskWhetherAJobIsEnqueued(PenstockDatabase database) throws Exception {
        UUID last = JOBS.get(QUEUES - 1);

        double[] lengths = atOnce(3, () -> {
            assertThat(enqueued(database, "many-199", last)).isTrue();
            return last;
        });

        tell("is_enqueued", lengths);
        assertThat(enqueued(database, "many-199", UUID.randomUUID())).isFalse();
    }

    @Test
    void sixteenCallersAtOnceCancelTheirJobs(PenstockDatabase database) throws Exception {
        JobQueue jobQueue = database.jobQueue();
        List<UUID> own = new ArrayList<>();
        for (int number = 0; number < CALLERS; number++) {
            own.add(jobQueue.enqueue(TYPE.onQueue("many-" + (QUEUES - 2)).with(new Nothing()))
                    .id());
        }
        List<UUID> left = Collections.synchronizedList(new ArrayList<>(own));

        double[] lengths = atOnce(1, () -> {
            assertThat(jobQueue.cancel(left.remove(0), "not wanted")).isTrue();
            return true;
        });

        tell("cancel", lengths);
        assertThat(own)
                .allSatisfy(id ->
                        assertThat(jobQueue.find(id).orElseThrow().state()).isEqualTo(JobState.CANCELLED));
    }

    private static boolean enqueued(PenstockDatabase database, String queue, UUID id) throws SQLException {
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement("SELECT penstock.is_enqueued(?, ?)")) {
            statement.setString(1, queue);
            statement.setObject(2, id);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }
}
