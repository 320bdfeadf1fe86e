package io.penstock.examples.demo;

import io.penstock.JobQueue;
import io.penstock.examples.demo.Arrivals.Arrival;
import io.penstock.job.NewJob;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Enqueues each job at its moment. If it falls behind, what is due goes in one call. */
final class Driver {

    private final JobQueue jobQueue;
    private final List<Arrival> arrivals;

    Driver(JobQueue jobQueue, Arrivals arrivals) {
        this.jobQueue = jobQueue;
        this.arrivals = arrivals.inOrder();
    }

    /** Returns when everything has been enqueued. */
    void run() throws InterruptedException {
        long start = System.nanoTime();
        int next = 0;
        while (next < arrivals.size()) {
            long early = arrivals.get(next).nanos() - (System.nanoTime() - start);
            if (early > 0) {
                TimeUnit.NANOSECONDS.sleep(early);
            }
            List<NewJob<?>> due = new ArrayList<>();
            long now = System.nanoTime() - start;
            while (next < arrivals.size() && arrivals.get(next).nanos() <= now) {
                due.add(arrivals.get(next).job());
                next++;
            }
            if (!due.isEmpty()) {
                jobQueue.enqueue(due);
            }
        }
    }
}
