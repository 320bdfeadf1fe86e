package io.penstock.run;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The threads of the slots: as many as there are attempts at once, and none more. They take attempts in the order in which
 * they arrived.
 *
 * <p>One thread is on its way at a time. When it has taken an attempt it calls the next, if there is more. So attempts that
 * take long each have a thread within some microseconds of the one before, and a batch of attempts that do nothing is run
 * by the few threads that are awake, where a call for each of them would cost more than all of them together. Whenever
 * attempts wait while a thread is idle or may still be made, one is on its way.
 *
 * <p>Safe for use by many threads.
 */
final class SlotThreads {

    /** What a thread is asked to do: {@link #run}, or {@link #refuse} if there is none for it. */
    interface Task {
        void run();

        /** Called instead of {@link #run}. Must not throw. */
        void refuse(Refusal why);
    }

    enum Refusal {
        STOPPED,
        NO_THREAD
    }

    private static final long IDLE = TimeUnit.MINUTES.toNanos(1);

    private final String name;
    private final int most;
    private final AtomicInteger number = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Queue<Task> waiting = new ArrayDeque<>();
    private final Set<Thread> threads = new HashSet<>();
    private final Set<Thread> abandoned = new HashSet<>();
    private int idle;
    private boolean onItsWay;
    private boolean stopped;

    /**
     * No thread yet; one that has been idle for a minute ends.
     *
     * @param most how many there may be
     */
    SlotThreads(String name, int most) {
        this.name = name;
        this.most = most;
    }

    void execute(Collection<? extends Task> tasks) {
        Collection<? extends Task> refused = tasks;
        Refusal why = Refusal.STOPPED;
        lock.lock();
        try {
            if (!stopped) {
                waiting.addAll(tasks);
                refused = callOne();
                why = Refusal.NO_THREAD;
            }
        } finally {
            lock.unlock();
        }
        refuse(refused, why);
    }

    /** A thread whose attempt was given up: it ends when that returns, and another one may be made in its place. */
    void abandon(Thread thread) {
        Collection<? extends Task> refused = Set.of();
        lock.lock();
        try {
            if (threads.remove(thread)) {
                abandoned.add(thread);
                refused = callOne();
            }
        } finally {
            lock.unlock();
        }
        refuse(refused, Refusal.NO_THREAD);
    }

    /** Interrupts every thread; what has not been taken by one is forgotten, and what arrives is refused. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
            waiting.clear();
            threads.forEach(Thread::interrupt);
            abandoned.forEach(Thread::interrupt);
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void loop() {
        try {
            Task task = take(true);
            while (task != null) {
                task.run();
                Thread.interrupted(); // it was meant for the attempt that has ended
                task = take(false);
            }
        } finally {
            leave();
        }
    }

    /** Whoever arrived since this thread found nothing counted on it. */
    private void leave() {
        Collection<Task> refused;
        lock.lock();
        try {
            threads.remove(Thread.currentThread());
            refused = callOne();
        } finally {
            lock.unlock();
        }
        refuse(refused, Refusal.NO_THREAD);
    }

    /** The next attempt; null when this thread is to end. */
    private @Nullable Task take(boolean called) {
        Collection<Task> refused = Set.of();
        Task task;
        lock.lock();
        try {
            if (abandoned.remove(Thread.currentThread())) {
                return null;
            }
            boolean comes = called;
            long left = IDLE;
            while (true) {
                if (comes) {
                    onItsWay = false; // whoever was called, or was not: a call too many harms nobody
                }
                task = waiting.poll();
                if (task != null || stopped || left <= 0) {
                    break;
                }
                left = awaitCall(left);
                comes = true;
            }
            if (task != null) {
                refused = callOne();
            }
        } finally {
            lock.unlock();
        }
        refuse(refused, Refusal.NO_THREAD);
        return task;
    }

    private long awaitCall(long left) {
        idle++;
        try {
            return arrived.awaitNanos(left);
        } catch (InterruptedException interrupted) {
            return left; // it was meant for an attempt, or the loop sees that all is stopped
        } finally {
            idle--;
        }
    }

    /** Answers what no thread can be made for. Called under the lock. */
    private Collection<Task> callOne() {
        if (onItsWay || waiting.isEmpty()) {
            return Set.of();
        }
        if (idle > 0) {
            onItsWay = true;
            arrived.signal();
        } else if (threads.size() < most) {
            Thread thread = new Thread(this::loop, name + number.incrementAndGet());
            try {
                threads.add(thread);
                thread.start();
                onItsWay = true;
            } catch (OutOfMemoryError none) {
                threads.remove(thread);
                Collection<Task> refused = new ArrayDeque<>(waiting);
                waiting.clear();
                return refused;
            }
        }
        return Set.of();
    }

    private static void refuse(Collection<? extends Task> tasks, Refusal why) {
        tasks.forEach(task -> task.refuse(why));
    }
}
