package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.database.Pipeline;
import io.penstock.job.Attempt;
import io.penstock.job.Limits;
import io.penstock.objective.LatencyObjective;
import io.penstock.objective.Objective;
import io.penstock.objective.Tally;
import io.penstock.store.TallyStore.Marked;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.StillClock;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** A queue with objectives, on a clock that stands still but for the test. */
abstract class TalliedQueue {

    static final Duration WITHIN = Duration.ofSeconds(5);
    static final int HOUR = 60;

    final PenstockDatabase database;
    final QueueUnderTest queue;
    private int seconds = 30;

    TalliedQueue(PenstockDatabase database) throws SQLException {
        this.database = database;
        this.queue = new QueueUnderTest(database);
    }

    @BeforeEach
    void standStill() throws SQLException {
        pass(0);
    }

    final void pass(int more) throws SQLException {
        seconds += more;
        StillClock.set(database, Duration.ofSeconds(seconds));
    }

    final int declare(Objective objective) throws SQLException {
        queue.transact(connection -> ObjectiveStore.declare(connection, objective));
        return queue.transact(ObjectiveStore::all).stream()
                .filter(stored -> stored.objective().equals(objective))
                .findFirst()
                .orElseThrow()
                .id();
    }

    final int latency() throws SQLException {
        return declare(LatencyObjective.of(queue.job().queue(), WITHIN, 0.99));
    }

    final Marked markLate(@Nullable Leaf leaf, int objective) throws SQLException {
        return queue.transact(connection -> {
            List<Marked> marked = new ArrayList<>();
            Pipeline pipeline = new Pipeline();
            TallyStore.markLate(pipeline, leaf, objective, 0, Limits.LATE_BATCH, marked::add);
            pipeline.run(connection);
            return marked.get(0);
        });
    }

    final int mark(int objective) throws SQLException {
        return markLate(queue.leaf(), objective).jobs()
                + markLate(null, objective).jobs();
    }

    final Tally counted(int objective) throws SQLException {
        return queue.transact(connection -> TallyStore.tallies(connection, List.of(HOUR)))
                .of(objective, HOUR);
    }

    final void complete(Attempt attempt) throws SQLException {
        assertThat(queue.finish(Ending.completed(attempt))).isTrue();
    }
}
