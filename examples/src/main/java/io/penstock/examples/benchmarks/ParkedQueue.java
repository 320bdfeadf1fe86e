package io.penstock.examples.benchmarks;

import io.penstock.JobQueue;
import io.penstock.examples.benchmarks.Tasks.Task;
import io.penstock.job.JobState;
import io.penstock.job.NewJob;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.observe.WorkerEvent.AttemptEnded;
import io.penstock.worker.Worker;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** A queue with a limit of one per key, of which one key is full as long as this is open. */
final class ParkedQueue implements AutoCloseable {

    private static final int SLOTS = 32;
    private static final int KEYS = 500;
    private static final int BATCH = 10_000;
    private static final String FULL = "full";

    private final BenchDatabase database;
    private final JobQueue jobQueue;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Worker worker;
    private volatile CountDownLatch left = new CountDownLatch(0);

    ParkedQueue(BenchDatabase database) {
        this.database = database;
        this.jobQueue = database.jobQueue();
        this.worker = Worker.on(jobQueue)
                .name("parked")
                .capacity(SLOTS)
                .queue(QueueDefinition.of("bench", 0, SLOTS, 1).perKey(1))
                .handle(Tasks.TYPE, context -> {
                    if (context.concurrencyKey().orElse("").equals(FULL)) {
                        end.await();
                        return Outcome.cancelled("the measurement is over");
                    }
                    return Outcome.completed();
                })
                .listener(event -> {
                    if (event instanceof AttemptEnded ended && ended.state() == JobState.COMPLETED) {
                        left.countDown();
                    }
                })
                .start();
    }

    /** Fills the key, and has so many jobs of it parked; answers how many seconds that took after they were enqueued. */
    double occupy(int jobs) throws SQLException, InterruptedException {
        enqueue(FULL, 1, 1);
        for (int left = jobs; left > 0; left -= BATCH) {
            enqueue(FULL, 1, Math.min(left, BATCH));
        }
        long start = System.nanoTime();
        while (parked() < jobs) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    long parked() throws SQLException {
        return database.number("SELECT count(*) FROM penstock.waiting WHERE state = 'parked'");
    }

    double jobsPerSecond(int jobs) throws InterruptedException {
        left = new CountDownLatch(jobs);
        enqueue("other", KEYS, jobs);
        long start = System.nanoTime();
        left.await();
        return jobs / ((System.nanoTime() - start) / 1e9);
    }

    private void enqueue(String key, int keys, int count) {
        List<NewJob<Task>> jobs = IntStream.range(0, count)
                .mapToObj(number ->
                        Tasks.one("bench", number).concurrencyKey(keys == 1 ? key : key + "-" + number % keys))
                .toList();
        jobQueue.enqueue(jobs);
    }

    @Override
    public void close() throws SQLException {
        database.execute("DELETE FROM penstock.waiting");
        end.countDown();
        worker.close();
        database.close();
    }
}
