package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobState;
import io.penstock.job.Outcome;
import io.penstock.observe.WorkerEvent.QueueClaimedAgain;
import io.penstock.observe.WorkerEvent.QueueUnclaimed;
import io.penstock.testkit.PenstockDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a worker tells of its slots, and of a queue that it starts nothing of. */
@PenstockDatabase.Fresh
class WatchdogTest {

    private final PenstockDatabase database;
    private final Scene scene;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    WatchdogTest(PenstockDatabase database) {
        this.database = database;
        this.scene = new Scene(database);
    }

    @Test
    void aQueueWithWorkThatIsNotStartedIsToldWithItsCauseAndAgainWhenItGoesOn() throws Exception {
        try (Worker worker = scene.worker(ConcurrencyBudget.guaranteed(2, 4))
                .handle(scene.type, context -> Outcome.completed())
                .meters(registry)
                .start()) {
            scene.awaitState(scene.enqueue(1), JobState.COMPLETED);
            database.execute("CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN RAISE EXCEPTION ''no claims''; END'; CREATE TRIGGER refuse BEFORE UPDATE ON "
                    + scene.leaf()
                    + " FOR EACH ROW EXECUTE FUNCTION public.refuse()");
            UUID held = scene.enqueue(2);
            QueueUnclaimed told = scene.awaitEvent(QueueUnclaimed.class);
            assertThat(told.unclaimed()).isGreaterThanOrEqualTo(Duration.ofSeconds(10));
            assertThat(told.cause()).isEqualTo("claims from it fail");
            assertThat(registry.get("penstock.queue.unclaimed").gauge().value()).isGreaterThanOrEqualTo(10);
            database.execute("DROP TRIGGER refuse ON " + scene.leaf());
            scene.awaitState(held, JobState.COMPLETED);
            scene.awaitEvent(QueueClaimedAgain.class);
            assertThat(scene.count(QueueUnclaimed.class)).isEqualTo(1);
            assertThat(registry.get("penstock.jobs.started")
                            .tag("ground", "guarantee")
                            .functionCounter()
                            .count())
                    .isEqualTo(2);
        }
        assertThat(registry.getMeters().stream().map(meter -> meter.getId().getName()))
                .as("after its end it shows no slots")
                .doesNotContain("penstock.slots.own", "penstock.queue.waited", "penstock.slots.stranded");
    }

    @Test
    void everyMeterOfTheSlotsIsInTheTable() throws Exception {
        String operations = Files.readString(Path.of("..", "docs", "OPERATIONS.md"));
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> Outcome.completed())
                .meters(registry)
                .start()) {
            assertThat(registry.getMeters().stream()
                            .filter(meter -> meter.getId().getTag("worker") != null)
                            .map(meter -> "`" + meter.getId().getName() + "`"))
                    .hasSizeGreaterThan(15)
                    .allSatisfy(name -> assertThat(operations).contains(name));
        }
    }
}
