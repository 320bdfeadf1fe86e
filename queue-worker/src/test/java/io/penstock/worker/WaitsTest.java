package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.dispatch.QueueSlots;
import io.penstock.dispatch.Waiting;
import io.penstock.objective.LateCause;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** What a time that was waited is said to have gone to. */
class WaitsTest {

    private static final int QUEUE = 7;
    private static final long TENTH = 100_000_000L;

    private final Waits waits = new Waits();
    private final Map<Waiting, Duration> waited = new EnumMap<>(Waiting.class);
    private long now = Long.MAX_VALUE - 5_000_000_000L; // nanoTime may overflow

    private void look(Waiting waiting, int tenths) {
        for (int tenth = 0; tenth < tenths; tenth++) {
            now += TENTH;
            waited.merge(waiting, Duration.ofNanos(TENTH), Duration::plus);
            waits.note(
                    QUEUE,
                    new QueueSlots(1, 0, waiting, Duration.ZERO, Duration.ZERO, Map.copyOf(waited), Map.of()),
                    now);
        }
    }

    private Map<LateCause, Duration> split(Duration time) {
        return waits.split(QUEUE, time, now, LateCause.DATABASE);
    }

    @Test
    void eachReasonHasItsPart() {
        look(Waiting.NOTHING, 50);
        look(Waiting.SLOTS, 40);
        look(Waiting.LIMIT, 30);
        look(Waiting.PAUSED, 20);
        Map<LateCause, Duration> ten = split(Duration.ofSeconds(10));
        assertPart(ten, LateCause.SLOT, 4_000);
        assertPart(ten, LateCause.LIMIT, 3_000);
        assertPart(ten, LateCause.PAUSED, 2_000);
        assertPart(ten, LateCause.DATABASE, 1_000);
        assertThat(ten).hasSize(4);
        assertPart(split(Duration.ofSeconds(2)), LateCause.PAUSED, 2_000);
        assertThat(split(Duration.ZERO)).isEmpty();
    }

    /** What is remembered by the second is right to a part of one. */
    private static void assertPart(Map<LateCause, Duration> split, LateCause cause, long milliseconds) {
        assertThat(split.getOrDefault(cause, Duration.ZERO).toMillis())
                .as(cause.word())
                .isBetween(milliseconds - 150, milliseconds + 150);
    }

    @Test
    void theRestIsWhatTheCallerSays() {
        look(Waiting.NOTHING, 50);
        assertThat(waits.split(QUEUE, Duration.ofSeconds(3), now, LateCause.LIMIT))
                .containsExactly(Map.entry(LateCause.LIMIT, Duration.ofSeconds(3)));
    }

    @Test
    void beforeThereWasAWorkerItWasForASlot() {
        assertThat(split(Duration.ofHours(1))).containsExactly(Map.entry(LateCause.SLOT, Duration.ofHours(1)));
        look(Waiting.CLAIM, 20);
        assertThat(split(Duration.ofSeconds(10)))
                .containsEntry(LateCause.SLOT, Duration.ofMillis(8_100))
                .containsEntry(LateCause.DATABASE, Duration.ofMillis(1_900));
    }

    @Test
    void whatIsLongAgoIsForgotten() {
        look(Waiting.LIMIT, 36_000);
        Map<LateCause, Duration> split = split(Duration.ofHours(1));
        assertThat(split.get(LateCause.LIMIT)).isBetween(Duration.ofSeconds(899), Duration.ofSeconds(902));
    }

    @RepeatedTest(50)
    void thePartsAddUpToTheWhole(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Waiting[] reasons = Waiting.values();
        for (int change = 0; change < 20; change++) {
            look(reasons[random.nextInt(reasons.length)], 1 + random.nextInt(30));
        }
        for (int time = 0; time < 20; time++) {
            Duration whole = Duration.ofNanos(1 + (long) (random.nextDouble() * 90e9));
            long until = now - (long) (random.nextDouble() * 20e9);
            Duration sum = waits.split(QUEUE, whole, until, LateCause.DATABASE).values().stream()
                    .reduce(Duration.ZERO, Duration::plus);
            assertThat(sum).isEqualTo(whole);
        }
    }
}
