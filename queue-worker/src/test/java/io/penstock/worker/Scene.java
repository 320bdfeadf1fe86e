package io.penstock.worker;

import io.penstock.JobQueue;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobState;
import io.penstock.job.JobType;
import io.penstock.job.QueueDefinition;
import io.penstock.observe.WorkerEvent;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** A queue of its own for one test, a worker for it, and what the test waits for: states and events, never time. */
final class Scene {

    record Item(int number) {}

    private static final AtomicInteger NUMBER = new AtomicInteger();

    final PenstockDatabase database;
    final JobQueue jobQueue;
    final JobType<Item> type;
    final List<WorkerEvent> events = new CopyOnWriteArrayList<>();

    Scene(PenstockDatabase database) {
        this.database = database;
        this.jobQueue = database.jobQueue();
        this.type = JobType.of("item", Item.class).onQueue("scene-" + NUMBER.incrementAndGet());
        jobQueue.declare(new QueueDefinition(type.queue(), ConcurrencyBudget.spare(8)));
    }

    WorkerBuilder worker() {
        return worker(ConcurrencyBudget.spare(8));
    }

    WorkerBuilder worker(ConcurrencyBudget budget) {
        return Worker.on(jobQueue)
                .name("scene")
                .capacity(8)
                .drainTimeout(Duration.ofSeconds(20))
                .queue(new QueueDefinition(type.queue(), budget))
                .listener(events::add);
    }

    UUID enqueue(int number) {
        return jobQueue.enqueue(type.with(new Item(number))).id();
    }

    JobState state(UUID id) {
        return jobQueue.find(id).orElseThrow().state();
    }

    void awaitState(UUID id, JobState state) {
        Awaitility.await("job " + id + " " + state)
                .atMost(Duration.ofSeconds(60))
                .until(() -> state(id) == state);
    }

    <E extends WorkerEvent> E awaitEvent(Class<E> kind) {
        Awaitility.await(kind.getSimpleName())
                .atMost(Duration.ofSeconds(60))
                .until(() -> events.stream().anyMatch(kind::isInstance));
        return events.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .findFirst()
                .orElseThrow();
    }

    /** So many heart-beats; maintenance looks at least as often. */
    void awaitLooks(int beats) throws SQLException {
        long before = database.number("SELECT sum(heartbeats) FROM penstock.worker");
        Awaitility.await("heart-beats")
                .atMost(Duration.ofSeconds(60))
                .until(() -> database.number("SELECT sum(heartbeats) FROM penstock.worker") >= before + beats + 1);
    }

    long count(Class<? extends WorkerEvent> kind) {
        return events.stream().filter(kind::isInstance).count();
    }

    /** The queue's leaf that jobs are in. */
    String leaf() {
        try {
            return "penstock.live_q"
                    + database.number("SELECT queue_id FROM penstock.queue WHERE name = '" + type.queue() + "'")
                    + "_s0";
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
