package io.penstock.worker;

import io.penstock.alert.Times;
import io.penstock.observe.WorkerEvent;
import io.penstock.observe.WorkerEvent.AttemptEnded;
import io.penstock.observe.WorkerEvent.JobClaimed;
import io.penstock.observe.WorkerListener;
import java.util.Map;

/** Counts how long the jobs of some queues took, by type, for everybody to read. */
record Recorder(Times times, Map<String, Integer> queues) implements WorkerListener {

    @Override
    public void on(WorkerEvent event) {
        if (event instanceof JobClaimed claimed && claimed.attempt().leaseToken() == 1) {
            Integer queue = queues.get(claimed.queue());
            if (queue != null) {
                times.add(queue, claimed.type(), "wait", claimed.waited());
            }
        } else if (event instanceof AttemptEnded ended) {
            Integer queue = queues.get(ended.queue());
            if (queue != null) {
                times.add(queue, ended.type(), "run", ended.run());
                if (ended.state().terminal()) {
                    times.add(queue, ended.type(), "total", ended.total());
                }
            }
        }
    }
}
