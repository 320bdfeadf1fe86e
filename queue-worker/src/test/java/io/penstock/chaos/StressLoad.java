package io.penstock.chaos;

import io.penstock.JobQueue;
import io.penstock.chaos.StressTransaction.End;
import io.penstock.error.DatabaseUnavailableException;
import io.penstock.error.PenstockException;
import io.penstock.job.NewJob;
import io.penstock.job.Priority;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * One thread that enqueues: every now and then in a transaction of Penstock's, or it opens one of its own, of which it has
 * many open at a time, some for 1 ms and some for half a minute. All its choices follow from its seed.
 */
final class StressLoad implements AutoCloseable {

    /** Its tag says that a job came without a transaction of ours, so without a line in the ledger. */
    static final String ALONE = "alone";

    /** An enqueue in a transaction of Penstock's, which answered that it took place. */
    record Alone(List<UUID> ids, Instant from, Instant to) {}

    private static final int MOST_OPEN = 14;
    private static final double MEAN_PAUSE_MILLIS = 120;
    private static final double LONGEST_OPEN_MILLIS = 30_000;
    private static final double LONGEST_CALM_MILLIS = 300;
    private static final End[] ENDS = {
        End.COMMIT,
        End.COMMIT,
        End.COMMIT,
        End.COMMIT,
        End.COMMIT,
        End.COMMIT,
        End.COMMIT,
        End.ROLLBACK,
        End.COMMIT_PREPARED,
        End.COMMIT_PREPARED,
        End.ROLLBACK_PREPARED,
        End.KILLED_BEFORE_COMMIT,
        End.KILLED_AT_COMMIT
    };

    private final StressSessions sessions;
    private final JobQueue jobQueue;
    private final Fates fates;
    private final Random random;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final Set<StressTransaction> open = ConcurrentHashMap.newKeySet();
    private final Queue<Throwable> defects = new ConcurrentLinkedQueue<>();
    private final Queue<Alone> alone = new ConcurrentLinkedQueue<>();
    private final AtomicInteger prepared = new AtomicInteger();
    private final AtomicInteger refusedToPrepare = new AtomicInteger();
    private volatile boolean calm;
    private volatile boolean stopping;

    StressLoad(DataSource dataSource, JobQueue jobQueue, Fates fates, long seed) {
        this.sessions = new StressSessions(dataSource);
        this.jobQueue = jobQueue;
        this.fates = fates;
        this.random = new Random(seed);
    }

    void start() {
        later(this::begin, 0);
    }

    /** Begins nothing more, and ends what is open at once. */
    void finish() {
        stopping = true;
        hurry();
    }

    /** Holds nothing open for long, so that the floors follow closely; or does again. */
    void calm(boolean wanted) {
        calm = wanted;
        if (wanted) {
            hurry();
        }
    }

    private void hurry() {
        later(() -> List.copyOf(open).forEach(StressTransaction::hurry), 0);
    }

    boolean finished() {
        return stopping && open.isEmpty();
    }

    /** What this test did not expect of itself. */
    List<Throwable> defects() {
        return List.copyOf(defects);
    }

    private void begin() {
        if (stopping) {
            return;
        }
        later(this::begin, (long) (-MEAN_PAUSE_MILLIS * Math.log(1 - random.nextDouble())));
        if (chance(3)) {
            enqueueAlone();
        } else if (open.size() < MOST_OPEN) {
            try {
                long openMillis =
                        (long) Math.pow(calm ? LONGEST_CALM_MILLIS : LONGEST_OPEN_MILLIS, random.nextDouble());
                int enqueues = chance(3) ? 2 + random.nextInt(4) : 1;
                End end = ENDS[random.nextInt(ENDS.length)];
                StressTransaction transaction = new StressTransaction(this, sessions.take(), end, enqueues, openMillis);
                open.add(transaction);
                transaction.begin();
            } catch (SQLException away) {
                // the server is down: nothing was begun
            }
        }
    }

    private void enqueueAlone() {
        List<NewJob<?>> jobs = new ArrayList<>();
        jobs().forEach(job -> jobs.add(job.tags(ALONE)));
        List<UUID> ids = jobs.stream().map(NewJob::id).toList();
        long epoch = fates.epoch();
        Instant from = Instant.now();
        try {
            jobQueue.enqueue(jobs);
            fates.committed(epoch, ids);
            alone.add(new Alone(ids, from, Instant.now()));
        } catch (DatabaseUnavailableException nothingCommitted) {
            fates.rolledBack(epoch, ids);
        } catch (PenstockException unknown) {
            // contention, or a commit whose fate could not be learnt
        }
    }

    /** All enqueues in transactions of Penstock's that took place, as it says. */
    List<Alone> alone() {
        return List.copyOf(alone);
    }

    /** One to three jobs of all kinds. */
    List<NewJob<?>> jobs() {
        List<NewJob<?>> jobs = new ArrayList<>();
        int number = 1 + random.nextInt(3);
        for (int index = 0; index < number; index++) {
            int dice = random.nextInt(20);
            StressJob.Kind kind = StressJob.Kind.values()[dice < 4 ? dice : 0];
            NewJob<StressJob> job = StressJob.TYPE
                    .with(new StressJob(kind))
                    .queue(chance(15) ? "rare" : chance(3) ? "steady" : "busy")
                    .priority(Priority.ofLevel(random.nextInt(Priority.LEVELS)))
                    .maxAttempts(100);
            jobs.add(chance(12) ? job.runIn(Duration.ofMillis(random.nextInt(5_000))) : job);
        }
        fates.made(jobs.stream().map(NewJob::id).toList());
        return jobs;
    }

    boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    Fates fates() {
        return fates;
    }

    void enqueue(Connection connection, List<NewJob<?>> jobs) {
        jobQueue.enqueue(connection, jobs);
    }

    boolean exists(UUID id) {
        return jobQueue.find(id).isPresent();
    }

    StressSessions sessions() {
        return sessions;
    }

    void prepared() {
        prepared.incrementAndGet();
    }

    void refusedToPrepare() {
        refusedToPrepare.incrementAndGet();
    }

    /** Transactions that were prepared, and those that the server refused to prepare. */
    int[] preparedAndRefused() {
        return new int[] {prepared.get(), refusedToPrepare.get()};
    }

    Future<?> later(Runnable task, long millis) {
        return thread.schedule(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException | Error defect) {
                        defects.add(defect);
                    }
                },
                stopping ? Math.min(millis, 50) : millis,
                TimeUnit.MILLISECONDS);
    }

    void ended(StressTransaction transaction) {
        open.remove(transaction);
    }

    @Override
    public void close() throws InterruptedException {
        thread.shutdownNow();
        thread.awaitTermination(20, TimeUnit.SECONDS);
        sessions.close();
    }
}
