package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import io.penstock.job.JobSnapshot;
import io.penstock.job.JobState;
import io.penstock.job.Outcome;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Jobs that are worth nothing once they are late. */
@PenstockDatabase.Fresh
class StartWithinTest {

    private final PenstockDatabase database;
    private final Scene scene;
    private final Set<Integer> handled = ConcurrentHashMap.newKeySet();

    StartWithinTest(PenstockDatabase database) {
        this.database = database;
        this.scene = new Scene(database);
    }

    private UUID enqueue(int number, Duration within) {
        return scene.jobQueue
                .enqueue(List.of(scene.type.with(new Scene.Item(number)).startWithin(within)))
                .get(0)
                .id();
    }

    @Test
    void oneWhoseTurnComesTooLateIsDiscardedWithThatReason() throws SQLException {
        UUID late = enqueue(1, Duration.ofSeconds(5));
        UUID inTime = enqueue(2, Duration.ofHours(1));
        UUID any = scene.enqueue(3);
        database.execute(
                "UPDATE penstock.live SET enqueued_at = enqueued_at - interval '10 s', eligible_at = eligible_at - interval '10 s'");
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> {
                    handled.add(context.payload().number());
                    return Outcome.completed();
                })
                .start()) {
            assertThat(worker.health().draining()).isFalse();
            scene.awaitState(late, JobState.DISCARDED);
            scene.awaitState(inTime, JobState.COMPLETED);
            scene.awaitState(any, JobState.COMPLETED);
        }
        assertThat(handled).containsExactlyInAnyOrder(2, 3);
        JobSnapshot discarded = scene.jobQueue.find(late).orElseThrow();
        assertThat(database.query("SELECT reason FROM penstock.finished WHERE id = '" + late + "'"))
                .singleElement()
                .asString()
                .matches(
                        "expired: it was to start within 5000 ms of becoming eligible, and its turn came after 1\\d{4} ms");
        assertThat(discarded.state()).isEqualTo(JobState.DISCARDED);
    }

    /** It says when the first attempt is to start, and nothing of the others. */
    @Test
    void oneThatHasStartedIsRetriedHoweverLate() throws SQLException {
        UUID id = enqueue(1, Duration.ofSeconds(5));
        database.execute(
                "UPDATE penstock.live SET enqueued_at = enqueued_at - interval '1 hour', eligible_at = eligible_at - interval '1 hour',"
                        + " first_claimed_at = eligible_at - interval '59 minutes 58 s', attempt = 1, lease_token = 1");
        try (Worker worker = scene.worker()
                .handle(scene.type, context -> Outcome.completed())
                .start()) {
            assertThat(worker.health().draining()).isFalse();
            scene.awaitState(id, JobState.COMPLETED);
        }
    }

    @Test
    void aTimeThatIsNoneIsRefused() {
        assertThatThrownBy(() -> scene.type.with(new Scene.Item(1)).startWithin(Duration.ZERO))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("start within");
    }
}
