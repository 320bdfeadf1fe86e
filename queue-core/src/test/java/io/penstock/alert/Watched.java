package io.penstock.alert;

import io.penstock.JobQueue;
import io.penstock.job.JobType;
import io.penstock.job.QueueDefinition;
import io.penstock.objective.Alert;
import io.penstock.objective.LatencyObjective;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.operate.ObjectiveOperations;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.StillClock;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** A queue that is watched, on a clock of the database that stands still but for the test. */
abstract class Watched {

    record Step(String runbook) {}

    static final String QUEUE = "runbooks";
    static final JobType<Step> STEP = JobType.of("step", Step.class).onQueue(QUEUE);

    final List<String> told = new ArrayList<>();
    private int seconds = 5;

    final class Told implements AlertListener {
        @Override
        public void opened(Alert alert) {
            told.add(alert.key() + " at " + seconds);
        }

        @Override
        public void resolved(Alert alert) {
            told.add("over: " + alert.key());
        }
    }

    void pass(PenstockDatabase database, int more) throws SQLException {
        seconds += more;
        StillClock.set(database, Duration.ofSeconds(seconds));
    }

    Watch watch(PenstockDatabase database) {
        return new Watch("test", database.dataSource(), new Times(), List.of(new Told()));
    }

    void looks(PenstockDatabase database, Watch watch, int count) throws SQLException {
        for (int look = 0; look < count; look++) {
            pass(database, 1);
            watch.look();
        }
    }

    JobQueue queue(PenstockDatabase database) throws SQLException {
        pass(database, 0);
        JobQueue queue = database.jobQueue();
        queue.declare(QueueDefinition.of(QUEUE, 0, 10, 1));
        return queue;
    }

    /** The same, of which it is promised that jobs are done within five seconds. */
    JobQueue promised(PenstockDatabase database) throws SQLException {
        JobQueue queue = queue(database);
        queue.declareObjectives(LatencyObjective.of(QUEUE, Duration.ofSeconds(5), 0.99));
        return queue;
    }

    static List<ObjectiveStatus> statuses(PenstockDatabase database) {
        return ObjectiveOperations.on(database.dataSource(), "test").list();
    }

    @BeforeEach
    void forget() {
        told.clear();
    }
}
