package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import io.penstock.objective.LatencyObjective;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who may say what is promised. */
@PenstockDatabase.Fresh
class ObjectiveStoreTest extends TalliedQueue {

    ObjectiveStoreTest(PenstockDatabase database) throws SQLException {
        super(database);
    }

    @Test
    void whatAServiceDeclaresAnewChangesWhatAnOperatorHasSetAndNothingElseDoes() throws SQLException {
        LatencyObjective declared = LatencyObjective.of(queue.job().queue(), WITHIN, 0.99);
        LatencyObjective set = LatencyObjective.of(queue.job().queue(), Duration.ofSeconds(7), 0.95);
        assertThat(queue.<Boolean>transact(connection -> ObjectiveStore.declare(connection, declared)))
                .isTrue();
        assertThat(queue.<Boolean>transact(connection -> ObjectiveStore.set(connection, set)))
                .isTrue();
        assertThat(queue.<Boolean>transact(connection -> ObjectiveStore.set(connection, set)))
                .isFalse();
        assertThat(queue.<Boolean>transact(connection -> ObjectiveStore.declare(connection, declared)))
                .isFalse();
        assertThat(mine().objective()).isEqualTo(set);
        assertThat(mine().drifted()).isTrue();
        LatencyObjective anew = declared.over(7);
        assertThat(queue.<Boolean>transact(connection -> ObjectiveStore.declare(connection, anew)))
                .isTrue();
        assertThat(mine().objective()).isEqualTo(anew);
        assertThat(mine().drifted()).isFalse();
        assertThat(queue.<Boolean>transact(
                        connection -> ObjectiveStore.remove(connection, anew.queue(), "latency", null)))
                .isTrue();
        assertThat(queue.<Boolean>transact(
                        connection -> ObjectiveStore.remove(connection, anew.queue(), "latency", null)))
                .isFalse();
    }

    private ObjectiveStore.StoredObjective mine() throws SQLException {
        return queue.transact(ObjectiveStore::all).stream()
                .filter(stored -> stored.objective().queue().equals(queue.job().queue()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aQueueHasSoManyObjectivesAndNoMore() throws SQLException {
        for (int number = 0; number < 31; number++) {
            declare(LatencyObjective.of(queue.job().queue(), WITHIN, 0.99).ofType("type" + number));
        }
        assertThatThrownBy(() -> latency())
                .hasMessageContaining("expected at most 31 objectives")
                .isNotInstanceOf(RefusedException.class);
    }
}
