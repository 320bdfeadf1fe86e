package io.penstock.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.run.SlotThreads.Refusal;
import io.penstock.run.SlotThreads.Task;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlotThreadsTest {

    private static final int MOST = 8;

    private final SlotThreads threads = new SlotThreads("slot-", MOST);
    private final Queue<Refusal> refusals = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() {
        threads.stop();
    }

    @FunctionalInterface
    private interface Body {
        void run() throws Exception;
    }

    private Task task(Body body) {
        return new Task() {
            @Override
            public void run() {
                try {
                    body.run();
                } catch (Exception failure) {
                    throw new IllegalStateException(failure);
                }
            }

            @Override
            public void refuse(Refusal why) {
                refusals.add(why);
            }
        };
    }

    private List<Task> times(int count, Body body) {
        return Stream.generate(() -> task(body)).limit(count).toList();
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    }

    /** Each waits for all the others, so one that had to wait for a thread would keep all of them for ever. */
    @Test
    void asManyRunAtOnceAsArrive() throws Exception {
        for (int round = 0; round < 200; round++) {
            CyclicBarrier together = new CyclicBarrier(MOST);
            CountDownLatch ended = new CountDownLatch(MOST);
            threads.execute(times(MOST, () -> {
                together.await(30, TimeUnit.SECONDS);
                ended.countDown();
            }));
            await(ended);
        }
    }

    /** A thread that ends its task takes the next itself; whoever is idle is called for what is left. */
    @Test
    void oneThatArrivesWhileOthersAreBusyRunsAtOnce() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(MOST - 1);
        for (int number = 1; number < MOST; number++) {
            threads.execute(times(1, () -> {
                busy.countDown();
                release.await();
            }));
        }
        await(busy);
        for (int round = 0; round < 200; round++) {
            CountDownLatch ended = new CountDownLatch(1);
            threads.execute(times(1, ended::countDown));
            await(ended);
        }
        release.countDown();
    }

    @Test
    void noMoreThreadsThanSlotsAreMade() throws Exception {
        Set<String> names = ConcurrentHashMap.newKeySet();
        CountDownLatch ended = new CountDownLatch(10_000);
        threads.execute(times(10_000, () -> {
            names.add(Thread.currentThread().getName());
            ended.countDown();
        }));
        await(ended);

        assertThat(names).hasSizeBetween(1, MOST).allMatch(name -> name.matches("slot-[1-8]"));
    }

    @Test
    void anInterruptMeantForOneAttemptDoesNotReachTheNext() throws Exception {
        SlotThreads one = new SlotThreads("one-", 1);
        Queue<Boolean> interrupted = new ConcurrentLinkedQueue<>();
        CountDownLatch ended = new CountDownLatch(1);
        one.execute(List.of(task(() -> Thread.currentThread().interrupt()), task(() -> {
            interrupted.add(Thread.currentThread().isInterrupted());
            ended.countDown();
        })));
        await(ended);
        one.stop();

        assertThat(interrupted).containsExactly(false);
    }

    /** It does not happen; if it ever did, a slot would be gone for good. */
    @Test
    void aTaskThatThrowsCostsNoSlot() throws Exception {
        SlotThreads one = new SlotThreads("one-", 1);
        CountDownLatch ended = new CountDownLatch(1);
        Task throwing = task(() -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, error) -> {});
            throw new IllegalStateException("thrown on purpose");
        });
        one.execute(List.of(throwing, throwing, task(ended::countDown)));
        await(ended);
        one.stop();

        assertThat(refusals).isEmpty();
    }

    @Test
    void stoppingInterruptsWhatRunsAndRefusesWhatArrives() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        threads.execute(times(1, () -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException expected) {
                interrupted.countDown();
            }
        }));
        await(running);

        threads.stop();
        await(interrupted);
        threads.execute(times(3, () -> {}));

        assertThat(refusals).containsExactlyElementsOf(Collections.nCopies(3, Refusal.STOPPED));
    }
}
