package io.penstock.examples.benchmarks;

import io.penstock.job.JobState;
import io.penstock.observe.WorkerEvent;
import io.penstock.observe.WorkerEvent.AttemptEnded;
import io.penstock.observe.WorkerListener;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Counts committed completions. Safe for use by many threads. */
final class Completions implements WorkerListener {

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

    private final AtomicLong count = new AtomicLong();
    private volatile long last = System.nanoTime();

    @Override
    public void on(WorkerEvent event) {
        if (event instanceof AttemptEnded ended && ended.state() == JobState.COMPLETED) {
            count.incrementAndGet();
            last = System.nanoTime();
        }
    }

    long count() {
        return count.get();
    }

    /**
     * Waits until so many have completed, or nothing has for half a minute: then jobs are lost, which is a figure.
     *
     * @return the process's monotonic clock at the last completion
     */
    long await(long wanted) throws InterruptedException {
        while (count.get() < wanted && System.nanoTime() - last < PATIENCE) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return last;
    }
}
