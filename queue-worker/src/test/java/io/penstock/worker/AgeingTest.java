package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.Outcome;
import io.penstock.job.Priority;
import io.penstock.job.QueueDefinition;
import io.penstock.operate.QueueOperations;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.StillClock;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Jobs that have waited move up in their queue, on a clock of the database that stands still but for the test. */
@PenstockDatabase.Fresh
class AgeingTest {

    private static final int AGEING_SECONDS = 60;
    private static final int HIGH = 300;

    private final PenstockDatabase database;
    private final Scene scene;
    private final Semaphore ends = new Semaphore(0);
    private final BlockingQueue<Integer> begun = new LinkedBlockingQueue<>();
    private int seconds;

    AgeingTest(PenstockDatabase database) throws SQLException {
        this.database = database;
        this.scene = new Scene(database);
        pass(0);
    }

    private void pass(int moreSeconds) throws SQLException {
        seconds += moreSeconds;
        StillClock.set(database, Duration.ofSeconds(seconds));
    }

    private UUID enqueue(int number, Priority priority) {
        return scene.jobQueue
                .enqueue(scene.type.with(new Scene.Item(number)).priority(priority))
                .id();
    }

    private int level(UUID id) throws SQLException {
        return Math.toIntExact(database.number("SELECT priority FROM penstock.live WHERE id = '" + id + "'"));
    }

    /** One job ends and the next begins, which is a claim. */
    private int next() throws InterruptedException {
        ends.release();
        return begun.take();
    }

    @Test
    void whatWaitsIsAtLastBeforeAnyThatIsNewer() throws Exception {
        QueueDefinition queue = new QueueDefinition(scene.type.queue(), ConcurrencyBudget.spare(1))
                .ageing(Duration.ofSeconds(AGEING_SECONDS));
        try (Worker worker = Worker.on(scene.jobQueue)
                .capacity(1)
                .queue(queue)
                .handle(scene.type, context -> {
                    begun.add(context.payload().number());
                    ends.acquire();
                    return Outcome.completed();
                })
                .start()) {
            enqueue(0, Priority.URGENT);
            begun.take();
            UUID low = enqueue(1, Priority.LOW);
            UUID normal = enqueue(2, Priority.NORMAL);
            scene.jobQueue.enqueue(IntStream.range(0, HIGH)
                    .mapToObj(number -> scene.type.with(new Scene.Item(number)).priority(Priority.HIGH))
                    .toList());
            pass(AGEING_SECONDS);
            awaitLevel(low, 2);
            assertThat(level(normal)).isEqualTo(2);
            pass(AGEING_SECONDS);
            awaitLevel(low, 1);
            awaitLevel(normal, 1);
            UUID newer = enqueue(3, Priority.HIGH);
            pass(AGEING_SECONDS);
            awaitLevel(low, 0);
            awaitLevel(normal, 0);
            assertThat(level(newer)).as("enqueued a minute ago").isEqualTo(1);

            QueueOperations.on(database.dataSource(), null)
                    .changeThrottles(scene.type.queue(), old -> old.ageing(null));
            ends.release(1_000);
        }
        assertThat(database.number("SELECT count(*) FROM penstock.finished WHERE attempt > 1"))
                .isZero();
    }

    private void awaitLevel(UUID id, int level) {
        Awaitility.await("level " + level).atMost(Duration.ofSeconds(60)).until(() -> {
            next();
            return level(id) == level;
        });
    }
}
