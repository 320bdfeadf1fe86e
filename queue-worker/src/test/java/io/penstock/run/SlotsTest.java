package io.penstock.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import io.penstock.handler.AttemptTimeoutException;
import io.penstock.handler.HandlerOptions;
import io.penstock.handler.JobHandler;
import io.penstock.handover.EndedAttempt;
import io.penstock.job.Attempt;
import io.penstock.job.JobState;
import io.penstock.job.JobType;
import io.penstock.job.Limits;
import io.penstock.job.Outcome;
import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent;
import io.penstock.observe.WorkerEvent.AttemptStuck;
import io.penstock.observe.WorkerEvent.StuckAttemptEnded;
import io.penstock.payload.JacksonPayloadSerializer;
import io.penstock.store.ClaimedJob;
import io.penstock.store.Leaf;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Attempts held to their timeouts, on a clock that the test moves. */
class SlotsTest {

    record Item(int number) {}

    private static final JobType<Item> TYPE = JobType.of("item", Item.class);
    private static final HandlerOptions AN_HOUR = HandlerOptions.DEFAULT.timeout(Duration.ofHours(1));
    private static final long OVER = Duration.ofHours(1).plusSeconds(1).toNanos();
    private static final long STUCK = OVER + Limits.STUCK_AFTER.toNanos();

    private final List<WorkerEvent> events = new CopyOnWriteArrayList<>();
    private final BlockingQueue<EndedAttempt> ended = new LinkedBlockingQueue<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger interrupts = new AtomicInteger();
    private final AtomicInteger surplus = new AtomicInteger();
    private Slots slots = slots(1, AN_HOUR, context -> Outcome.completed());

    @AfterEach
    void stop() {
        release.countDown();
        slots.stop();
    }

    private Slots slots(int most, HandlerOptions options, JobHandler<Item> handler) {
        Handlers handlers = new Handlers(
                Map.of(TYPE.name(), new Registration<>(TYPE, handler, options)),
                List.of(),
                UnknownTypePolicy.WAIT,
                new JacksonPayloadSerializer());
        return new Slots("test", most, handlers, Set.of(), queue -> surplus.get(), new Events(List.of(events::add)));
    }

    private void use(Slots made) {
        slots.stop();
        slots = made;
    }

    private void start(int number) {
        CountDownLatch started = new CountDownLatch(1);
        Instant now = Instant.now();
        ClaimedJob job = new ClaimedJob(
                new Attempt(UUID.randomUUID(), 1, 1, 1),
                new Leaf(1, 0),
                2,
                number,
                TYPE.name(),
                "{\"number\":" + number + "}",
                List.of(),
                "{}",
                null,
                3,
                now,
                now,
                now,
                false,
                false);
        slots.start(List.of(job), "queue", claimed -> started.countDown(), ended::add);
    }

    private EndedAttempt nextEnd() throws InterruptedException {
        EndedAttempt end = ended.poll(30, TimeUnit.SECONDS);
        assertThat(end).isNotNull();
        return end;
    }

    /** Ignores interrupts, for the first item; others complete. */
    private Outcome stubborn(int number) {
        while (number == 1 && release.getCount() > 0) {
            try {
                release.await();
            } catch (InterruptedException interrupted) {
                interrupts.incrementAndGet();
            }
        }
        return Outcome.completed();
    }

    /** Looks until the handler runs: only then is there a time to be over. */
    private void lookUntil(long later, java.util.function.BooleanSupplier seen) {
        Awaitility.await("seen by a look").atMost(Duration.ofSeconds(30)).until(() -> {
            slots.look(System.nanoTime() + later);
            return seen.getAsBoolean();
        });
    }

    @Test
    void anAttemptOverItsTimeoutIsInterruptedAndFails() throws Exception {
        use(slots(1, AN_HOUR, context -> {
            release.await();
            return Outcome.completed();
        }));
        start(1);
        lookUntil(OVER, () -> !ended.isEmpty());
        EndedAttempt end = nextEnd();
        assertThat(end.ending().state()).isEqualTo(JobState.RETRYABLE);
        assertThat(end.ending().detail())
                .contains(AttemptTimeoutException.class.getName(), "timeout of 3600000 ms", "InterruptedException");
        assertThat(events).isEmpty();
    }

    @Test
    void anOutcomeThatIsAnsweredAfterTheInterruptCounts() throws Exception {
        use(slots(1, AN_HOUR, context -> {
            try {
                release.await();
            } catch (InterruptedException interrupted) {
                return Outcome.completed();
            }
            return Outcome.discarded("was not interrupted");
        }));
        start(1);
        lookUntil(OVER, () -> !ended.isEmpty());
        assertThat(nextEnd().ending().state()).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void aHandlerThatGoesOnIsGivenUpAndItsSlotGoesToTheNextAttempt() throws Exception {
        use(slots(1, AN_HOUR, context -> stubborn(context.payload().number())));
        start(1);
        start(2);
        lookUntil(OVER, () -> interrupts.get() == 1);
        slots.look(System.nanoTime() + OVER);
        assertThat(interrupts).as("once is enough").hasValue(1);
        assertThat(ended).isEmpty();

        slots.look(System.nanoTime() + STUCK);
        EndedAttempt givenUp = nextEnd();
        assertThat(givenUp.ending().state()).isEqualTo(JobState.RETRYABLE);
        assertThat(givenUp.ending().detail()).contains("AttemptTimeoutException", "stubborn");
        assertThat(nextEnd().ending().state()).as("the one behind it").isEqualTo(JobState.COMPLETED);
        assertThat(events).singleElement().isInstanceOfSatisfying(AttemptStuck.class, stuck -> {
            assertThat(stuck.stuck()).isEqualTo(1);
            assertThat(stuck.stack().toString()).contains("stubborn");
        });

        release.countDown();
        Awaitility.await("the thread is back").atMost(Duration.ofSeconds(30)).until(() -> events.size() == 2);
        assertThat(events.get(1))
                .isInstanceOfSatisfying(
                        StuckAttemptEnded.class,
                        back -> assertThat(back.stuck()).isZero());
        start(3);
        assertThat(nextEnd().job().position()).isEqualTo(3);
        assertThat(ended).as("the first ended once").isEmpty();
    }

    @Test
    void noMoreThreadsAreLostThanThereAreSlots() throws Exception {
        use(slots(1, AN_HOUR, context -> stubborn(1)));
        start(1);
        lookUntil(OVER, () -> interrupts.get() == 1);
        slots.look(System.nanoTime() + STUCK);
        nextEnd();
        start(2);
        lookUntil(OVER, () -> interrupts.get() == 2);
        slots.look(System.nanoTime() + STUCK);
        assertThat(ended).as("it keeps its slot").isEmpty();
        release.countDown();
        assertThat(nextEnd().ending().state()).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void whoIsInterruptedBecauseTheWorkerStopsGivesItsJobBack() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        use(slots(1, AN_HOUR, context -> {
            running.countDown();
            release.await();
            return Outcome.completed();
        }));
        start(1);
        assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
        slots.stop();
        assertThat(nextEnd().ending().state()).isEqualTo(JobState.AVAILABLE);
    }

    @Test
    void virtualThreadsAreUsedWhereTheyAreAndRefusedWhereTheyAreNot() throws Exception {
        Set<String> virtual = Set.of("queue");
        AtomicInteger onVirtual = new AtomicInteger();
        Handlers handlers = new Handlers(
                Map.of(
                        TYPE.name(),
                        new Registration<>(
                                TYPE,
                                context -> {
                                    Object isVirtual =
                                            Thread.class.getMethod("isVirtual").invoke(Thread.currentThread());
                                    onVirtual.addAndGet(Boolean.TRUE.equals(isVirtual) ? 1 : 0);
                                    return Outcome.completed();
                                },
                                AN_HOUR)),
                List.of(),
                UnknownTypePolicy.WAIT,
                new JacksonPayloadSerializer());
        if (Runtime.version().feature() < 21) {
            assertThatThrownBy(() -> new Slots("test", 1, handlers, virtual, queue -> 0, new Events(List.of())))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("Java 21")
                    .hasMessageContaining("Java " + Runtime.version().feature());
        } else {
            use(new Slots("test", 1, handlers, virtual, queue -> 0, new Events(List.of())));
            start(1);
            assertThat(nextEnd().ending().state()).isEqualTo(JobState.COMPLETED);
            assertThat(onVirtual).hasValue(1);
        }
    }

    @Test
    void asManyAttemptsAreAskedToYieldAsSlotsAreNeededAndTheyStayAsked() throws Exception {
        BlockingQueue<Integer> asked = new LinkedBlockingQueue<>();
        use(slots(3, AN_HOUR, context -> {
            while (!context.shouldYield()) {
                Thread.onSpinWait();
            }
            asked.add(context.payload().number());
            release.await();
            return context.shouldYield() ? Outcome.yielded() : Outcome.completed();
        }));
        for (int number = 0; number < 3; number++) {
            start(number);
        }
        surplus.set(1);
        asked.take();
        surplus.set(2);
        asked.take();
        surplus.set(0);
        assertThat(asked).isEmpty();

        slots.drain();
        asked.take();
        release.countDown();
        for (int number = 0; number < 3; number++) {
            assertThat(ended.take().ending().state()).isEqualTo(JobState.AVAILABLE);
        }
    }

    @Test
    void whoHasEndedIsNotCountedAmongThoseThatAreAsked() throws Exception {
        use(slots(1, AN_HOUR, context -> {
            while (!context.shouldYield()) {
                Thread.onSpinWait();
            }
            return Outcome.yielded();
        }));
        surplus.set(1);
        start(1);
        ended.take();
        start(2);
        ended.take();
    }
}
