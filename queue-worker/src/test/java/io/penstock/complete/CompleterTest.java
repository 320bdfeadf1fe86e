package io.penstock.complete;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.handover.EndedAttempt;
import io.penstock.handover.Signal;
import io.penstock.job.Attempt;
import io.penstock.store.ClaimedJob;
import io.penstock.store.Ending;
import io.penstock.store.Leaf;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CompleterTest {

    private static final long LONG = TimeUnit.HOURS.toNanos(1);

    private final Signal signal = new Signal();
    private final Completer completer = new Completer(signal);

    private static EndedAttempt ended() {
        Attempt attempt = new Attempt(UUID.randomUUID(), 1, 1, 1);
        ClaimedJob job = new ClaimedJob(
                attempt,
                new Leaf(1, 0),
                2,
                1,
                "note",
                "{}",
                List.of(),
                "{}",
                null,
                20,
                Instant.EPOCH,
                Instant.EPOCH,
                Instant.EPOCH,
                false,
                false);
        return new EndedAttempt(job, Ending.completed(attempt), false, Duration.ZERO);
    }

    private CompletableFuture<Void> gathering(int wanted) {
        return CompletableFuture.runAsync(() -> {
            try {
                completer.gather(wanted, LONG, () -> false);
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        });
    }

    @Test
    void gatheringEndsWhenAsManyAreThereAsAreWanted() throws Exception {
        completer.add(ended());
        CompletableFuture<Void> gathering = gathering(3);
        completer.add(ended());
        completer.add(ended());

        gathering.get(30, TimeUnit.SECONDS);

        assertThat(completer.take(10, queue -> true)).hasSize(3);
    }

    /** Nothing is said of when it begins to wait: before that the signal is the caller's own look at what else is to do. */
    @Test
    void aSignalForSomethingElseEndsItAtOnce() throws Exception {
        completer.add(ended());
        CompletableFuture<Void> gathering = gathering(3);
        while (!gathering.isDone()) {
            signal.give();
        }
        gathering.get();

        assertThat(completer.size()).isEqualTo(1);
    }

    @Test
    void nothingIsWaitedForWhereThereIsSomethingElseToDo() throws InterruptedException {
        completer.add(ended());

        completer.gather(3, LONG, () -> true);

        assertThat(completer.size()).isEqualTo(1);
    }

    @Test
    void oneThatEndsAfterGatheringGivesTheSignalAgain() throws InterruptedException {
        completer.add(ended());
        completer.gather(2, 4, () -> false);
        signal.take();

        completer.add(ended());

        assertThat(signal.await(LONG)).isTrue();
    }

    @Test
    void whatIsPutBackCounts() {
        completer.add(ended());
        List<EndedAttempt> taken = completer.take(10, queue -> true);
        assertThat(completer.size()).isZero();

        completer.putBack(taken);

        assertThat(completer.size()).isEqualTo(1);
    }
}
