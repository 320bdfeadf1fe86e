package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.JobState;
import io.penstock.job.Outcome;
import io.penstock.observe.WorkerEvent;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a worker that stops leaves behind is found by others. */
@PenstockDatabase.Fresh
class CloseTest {

    private final PenstockDatabase database;
    private final Scene scene;

    CloseTest(PenstockDatabase database) {
        this.database = database;
        this.scene = new Scene(database);
    }

    @Test
    void aJobThatCouldNotBeGivenBackIsRescuedByTheNextWorker() throws Exception {
        UUID id = scene.enqueue(1);
        CountDownLatch started = new CountDownLatch(1);
        Worker first = scene.worker()
                .drainTimeout(Duration.ZERO)
                .handle(scene.type, context -> {
                    started.countDown();
                    new CountDownLatch(1).await();
                    return Outcome.completed();
                })
                .start();
        started.await();
        try (Connection holder = database.connect()) {
            holder.setAutoCommit(false);
            try (var statement = holder.createStatement()) {
                statement.execute("SELECT id FROM " + scene.leaf() + " FOR UPDATE");
            }
            first.close(); // the row is held by somebody, so it is not given back
            holder.rollback();
        }
        assertThat(scene.state(id)).isEqualTo(JobState.RUNNING);
        try (Worker second = scene.worker()
                .handle(scene.type, context -> Outcome.completed())
                .start()) {
            scene.awaitState(id, JobState.COMPLETED);
        }
        assertThat(scene.count(WorkerEvent.WorkerLost.class)).isEqualTo(1);
    }

    @Test
    void garbageOnTheChannelWakesNobodyAndHarmsNobody() throws Exception {
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> Outcome.completed())
                .start()) {
            for (String garbage : new String[] {"", "x", "99999999999999999999", "-1", "0"}) {
                database.execute("NOTIFY penstock_wake, '" + garbage + "'");
            }
            scene.awaitState(scene.enqueue(1), JobState.COMPLETED);
            long beats = database.number("SELECT heartbeats FROM penstock.worker");
            Awaitility.await().until(() -> database.number("SELECT heartbeats FROM penstock.worker") > beats + 1);
        }
    }
}
