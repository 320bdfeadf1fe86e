package io.penstock.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.store.WorkerStore.WorkerSeen;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeathWatchTest {

    private static final Duration LEASE = Duration.ofSeconds(15);

    private final DeathWatch watch = new DeathWatch();

    private static WorkerSeen seen(long heartbeats, boolean sessionGone) {
        return new WorkerSeen(7, "w", false, heartbeats, LEASE, sessionGone, Duration.ZERO);
    }

    private List<WorkerSeen> look(double second, WorkerSeen worker) {
        return watch.lost(List.of(worker), (long) (second * 1e9));
    }

    @Test
    void aWorkerThatBeatsIsAlive() {
        for (int second = 0; second < 100; second++) {
            assertThat(look(second, seen(second, false))).isEmpty();
        }
    }

    @Test
    void aWorkerWhoseSessionIsGoneIsDeadWithinThreeSeconds() {
        look(0, seen(5, false));
        look(0.2, seen(5, true));
        assertThat(look(1.6, seen(5, true))).isEmpty();
        assertThat(look(1.8, seen(5, true))).hasSize(1);
    }

    @Test
    void aWorkerThatLostItsSessionAndIsBackInTimeIsAlive() {
        look(0, seen(5, true));
        look(1, seen(6, false));
        assertThat(look(2.5, seen(6, false))).isEmpty();
    }

    @Test
    void aWorkerThatBeatsWithoutASessionLockIsAlive() {
        for (int second = 0; second < 60; second++) {
            assertThat(look(second, seen(second, true))).isEmpty();
        }
    }

    @Test
    void aHungWorkerIsLostAfterItsLeaseAndNotBefore() {
        for (double second = 0; second < 15; second += 0.5) {
            assertThat(look(second, seen(5, false))).isEmpty();
        }
        assertThat(look(15, seen(5, false))).hasSize(1);
    }

    @Test
    void nobodyIsLostForATimeInWhichNobodyCouldLook() {
        look(0, seen(5, false));
        assertThat(look(20, seen(5, true))).isEmpty();
        assertThat(look(21, seen(5, true))).isEmpty();
        assertThat(look(22, seen(6, false))).isEmpty();
    }

    @Test
    void onlyTimeThatThisProcessSawPassCounts() {
        assertThat(look(1_000_000, seen(5, true))).isEmpty();
    }

    @Test
    void aWorkerThatIsLostAlreadyIsNotFencedAgain() {
        WorkerSeen lost = new WorkerSeen(7, "w", true, 5, LEASE, true, Duration.ofSeconds(1));
        look(0, lost);
        assertThat(look(60, lost)).isEmpty();
    }
}
